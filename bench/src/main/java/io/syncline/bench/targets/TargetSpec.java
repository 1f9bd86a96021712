package io.syncline.bench.targets;

import io.syncline.broker.Units;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Names a target and its settings: {@code SYSTEM[:LAYOUT][,KEY=VALUE]...}, for instance
 * {@code syncline:udp,threading=invoker}. Settings with a dot in their key are the system's own, such as
 * {@code idle.strategy}; the others are the rig's.
 *
 * @param system   name
 * @param settings by key, the layout among them as {@code layout}
 */
public record TargetSpec(String system, Map<String, String> settings)
{
    /** Key of the layout. */
    public static final String LAYOUT = "layout";

    /**
     * @param text as above; the first setting may follow a colon or a comma
     * @return what it says
     */
    public static TargetSpec parse(final String text)
    {
        final String[] parts = text.trim().split("[:,]", 2);
        if (parts[0].isEmpty())
        {
            throw new IllegalArgumentException("'" + text + "' names no system: SYSTEM[:LAYOUT][,KEY=VALUE]...");
        }
        final Map<String, String> settings = new TreeMap<>();
        if (parts.length == 2)
        {
            for (final String setting : parts[1].split(","))
            {
                final int equals = setting.indexOf('=');
                settings.put(
                    equals < 0 ? LAYOUT : setting.substring(0, equals).trim(), setting.substring(equals + 1).trim());
            }
        }
        return new TargetSpec(parts[0].toLowerCase(Locale.ROOT), settings);
    }

    /**
     * @param defaults for what is not said
     * @return with both
     */
    public TargetSpec withDefaults(final Map<String, String> defaults)
    {
        final Map<String, String> all = new TreeMap<>(defaults);
        all.putAll(settings);
        return new TargetSpec(system, all);
    }

    /**
     * Refuses what nobody would look at.
     *
     * @param known keys without a dot
     * @return this
     */
    public TargetSpec check(final Collection<String> known)
    {
        for (final String key : settings.keySet())
        {
            if (!known.contains(key) && key.indexOf('.') < 0)
            {
                throw new IllegalArgumentException("'" + system + "' has no setting '" + key + "': it has " +
                    String.join(", ", known.stream().sorted().toList()));
            }
        }
        return this;
    }

    /**
     * @param key      of a setting
     * @param fallback where it is not said
     * @return its value
     */
    public String get(final String key, final String fallback)
    {
        return settings.getOrDefault(key, fallback);
    }

    /**
     * @param key      of a setting
     * @param fallback where it is not said
     * @return its value
     */
    public int number(final String key, final int fallback)
    {
        final String value = settings.get(key);
        try
        {
            return value == null ? fallback : Integer.parseInt(value);
        }
        catch (final NumberFormatException ex)
        {
            throw new IllegalArgumentException(system + ": " + key + "=" + value + " is not a number", ex);
        }
    }

    /**
     * @param key        of a setting
     * @param fallbackNs where it is not said
     * @return its value, said with its unit: {@code 500us}, {@code 2ms}
     */
    public long durationNs(final String key, final long fallbackNs)
    {
        final String value = settings.get(key);
        return value == null ? fallbackNs : Units.durationNs(key, value);
    }

    /**
     * @param <E>      its type
     * @param key      of a setting
     * @param fallback where it is not said
     * @return its value
     */
    public <E extends Enum<E>> E oneOf(final String key, final E fallback)
    {
        final String value = settings.get(key);
        if (value == null)
        {
            return fallback;
        }
        for (final E constant : fallback.getDeclaringClass().getEnumConstants())
        {
            if (constant.name().equalsIgnoreCase(value))
            {
                return constant;
            }
        }
        throw new IllegalArgumentException(system + ": " + key + "=" + value + " is none of " +
            java.util.Arrays.toString(fallback.getDeclaringClass().getEnumConstants()).toLowerCase(Locale.ROOT));
    }

    /** @return the system's own settings */
    public Map<String, String> ownSettings()
    {
        final Map<String, String> own = new TreeMap<>(settings);
        own.keySet().removeIf((key) -> key.indexOf('.') < 0);
        return own;
    }

    /** @return as {@link #parse} takes it */
    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder(system);
        final String layout = settings.get(LAYOUT);
        text.append(layout == null ? "" : ":" + layout);
        settings.forEach((key, value) ->
            text.append(LAYOUT.equals(key) ? "" : "," + key + "=" + value));
        return text.toString();
    }
}
