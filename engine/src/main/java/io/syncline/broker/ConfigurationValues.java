package io.syncline.broker;

import java.io.PrintStream;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The values of a node's configuration as they were written, where each came from, and what they are once read.
 * Whatever is wrong is told in one line, with key, value and source.
 */
final class ConfigurationValues
{
    /** Source of what a program set: it wins over a system property. */
    private static final String CODE = "code";

    private final Map<String, String> values = new TreeMap<>();
    private final Map<String, String> sources = new TreeMap<>();

    /** Every key with its default. */
    ConfigurationValues()
    {
        for (final String key : BrokerConfiguration.KEYS)
        {
            set(key, BrokerConfiguration.defaultOf(key), "default");
        }
    }

    void set(final Properties properties, final String source)
    {
        for (final String key : properties.stringPropertyNames())
        {
            if (!values.containsKey(key))
            {
                throw new IllegalArgumentException("unknown key '" + key + "' in " + source);
            }
            set(key, properties.getProperty(key).trim(), source);
        }
    }

    void set(final String key, final String value)
    {
        if (!values.containsKey(key))
        {
            throw new IllegalArgumentException("unknown key '" + key + "'");
        }
        set(key, value, CODE);
    }

    /** Takes {@code -Dsyncline.<key>}, except where a program has set the key. */
    void setFromSystemProperties()
    {
        for (final String key : BrokerConfiguration.KEYS)
        {
            final String property = System.getProperty(BrokerConfiguration.PROPERTY_PREFIX + key);
            if (property != null && !CODE.equals(sources.get(key)))
            {
                set(key, property, "-D" + BrokerConfiguration.PROPERTY_PREFIX + key);
            }
        }
    }

    String get(final String key)
    {
        return values.get(key);
    }

    boolean isEmpty(final String key)
    {
        return values.get(key).isEmpty();
    }

    void print(final PrintStream out)
    {
        values.forEach((key, value) -> out.println(key + "=" + value + "  (" + sources.get(key) + ")"));
    }

    int number(final String key, final int min, final int max)
    {
        final String text = values.get(key);
        try
        {
            final int value = Integer.parseInt(text);
            if (value >= min && value <= max)
            {
                return value;
            }
        }
        catch (final NumberFormatException ignore)
        {
            // falls through to the message below
        }
        throw wrong(key, "must be a whole number from " + min + " to " + max);
    }

    long durationNs(final String key)
    {
        final long valueNs = Units.durationNs(key, values.get(key));
        require(valueNs > 0, key, "must be above zero");
        return valueNs;
    }

    long sizeBytes(final String key)
    {
        return Units.sizeBytes(key, values.get(key));
    }

    String oneOf(final String key, final String... allowed)
    {
        for (final String one : allowed)
        {
            if (one.equals(values.get(key)))
            {
                return one;
            }
        }
        throw wrong(key, "must be one of " + String.join(", ", allowed));
    }

    void require(final boolean holds, final String key, final String rule)
    {
        if (!holds)
        {
            throw wrong(key, rule);
        }
    }

    private void set(final String key, final String value, final String source)
    {
        values.put(key, value);
        sources.put(key, source);
    }

    private IllegalArgumentException wrong(final String key, final String rule)
    {
        return new IllegalArgumentException(
            key + "=" + values.get(key) + " (" + sources.get(key) + ") " + rule);
    }
}
