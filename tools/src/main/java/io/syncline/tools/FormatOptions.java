package io.syncline.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintStream;

/** {@code --format}, on every command that prints data. */
final class FormatOptions
{
    private static final JsonFactory JSON = JsonFactory.builder()
        .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
        .build();

    enum Format
    {
        TEXT, JSON
    }

    /** Writes one JSON value. */
    interface Body
    {
        void writeTo(JsonGenerator json) throws IOException;
    }

    @Option(names = "--format", paramLabel = "text|json", defaultValue = "text",
        description = "How to print; with json, standard output holds nothing else. Default: ${DEFAULT-VALUE}")
    private Format format;

    boolean isJson()
    {
        return format == Format.JSON;
    }

    /**
     * Prints one document, indented for a person.
     *
     * @param out  where to
     * @param body writes the document
     */
    static void document(final PrintStream out, final Body body) throws IOException
    {
        try (JsonGenerator json = JSON.createGenerator(out))
        {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            body.writeTo(json);
            json.writeRaw('\n');
        }
        out.flush();
    }

    /**
     * Prints one object a line, for as long as the generator is used; the caller ends each object's line.
     *
     * @param out where to; not closed by the generator
     * @return the generator
     */
    static JsonGenerator lines(final PrintStream out) throws IOException
    {
        return JSON.createGenerator(out).setPrettyPrinter(new MinimalPrettyPrinter(""));
    }
}
