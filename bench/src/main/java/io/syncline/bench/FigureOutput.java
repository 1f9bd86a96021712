package io.syncline.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** {@code -o} of the commands that leave figures and no histograms. */
final class FigureOutput
{
    @Option(names = {"-o", "--output"}, paramLabel = "DIR", description = "Where to leave the figures as .json. Default: nowhere.")
    private Path directory;

    /** Writes the fields of one object. */
    interface Fields
    {
        void writeTo(JsonGenerator json) throws IOException;
    }

    void write(final String name, final Fields fields) throws IOException
    {
        if (directory == null)
        {
            return;
        }
        Files.createDirectories(directory);
        try (Writer writer = Files.newBufferedWriter(directory.resolve(name + ".json"));
            JsonGenerator json = new JsonFactory().createGenerator(writer).useDefaultPrettyPrinter())
        {
            json.writeStartObject();
            fields.writeTo(json);
            json.writeObjectFieldStart("environment");
            for (final Map.Entry<String, String> entry : RunEnvironment.read().entrySet())
            {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }
}
