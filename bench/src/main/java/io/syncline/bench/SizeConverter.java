package io.syncline.bench;

import picocli.CommandLine.ITypeConverter;

/** Bytes: a number, and k, m or g where that is meant. */
final class SizeConverter implements ITypeConverter<Long>
{
    @Override
    public Long convert(final String text)
    {
        final int last = text.length() - 1;
        final int shift = switch (last < 0 ? ' ' : text.charAt(last))
        {
            case 'k' -> 10;
            case 'm' -> 20;
            case 'g' -> 30;
            default -> 0;
        };
        try
        {
            return Math.multiplyExact(Long.parseLong(shift == 0 ? text : text.substring(0, last)), 1L << shift);
        }
        catch (final NumberFormatException | ArithmeticException ex)
        {
            throw new IllegalArgumentException("'" + text + "' is not a size: write a number and k, m or g", ex);
        }
    }
}
