package io.syncline.tools;

import picocli.CommandLine.Option;

/** {@code --format}, on the commands whose output is one JSON object a line, for whoever gives it to every command. */
final class LinesOptions
{
    enum Format
    {
        JSON
    }

    @Option(names = "--format", paramLabel = "json", defaultValue = "json",
        description = "Always json, one object a line. Default: ${DEFAULT-VALUE}")
    private Format format;
}
