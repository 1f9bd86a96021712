package io.syncline.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A JSON file as a flat list: every value by its path, such as {@code responseUs.p50}. */
final class Figures
{
    private Figures()
    {
    }

    static Map<String, String> read(final Path json) throws IOException
    {
        final Map<String, String> figures = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(Files.readString(json)))
        {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken())
            {
                if (token.isScalarValue())
                {
                    figures.put(
                        parser.getParsingContext().pathAsPointer().toString().substring(1).replace('/', '.'), parser.getText());
                }
            }
        }
        return figures;
    }
}
