package io.syncline.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads what {@code verify produce}, {@code verify consume} and the system tests print: one flat JSON object a line.
 * The last line may be torn, because the process that wrote it may have been killed; any other defect stops the
 * reading.
 */
final class HistoryLines
{
    private static final JsonFactory JSON = new JsonFactory();
    private static final String STDIN = "-";

    /** Takes one line; reused for the next. */
    interface Handler
    {
        void onLine(Line line);
    }

    /** Fields of one line; what it does not have is null or {@link #NONE}. */
    static final class Line
    {
        static final long NONE = Long.MIN_VALUE;

        private String event;
        private String id;
        private int partition;
        private long sequence;
        private long offset;
        private int epoch;
        private long tNs;
        private long boundNs;

        String event()
        {
            return event;
        }

        String id()
        {
            return id;
        }

        int partition()
        {
            return partition;
        }

        long sequence()
        {
            return sequence;
        }

        long offset()
        {
            return offset;
        }

        int epoch()
        {
            return epoch;
        }

        long tNs()
        {
            return tNs;
        }

        long boundNs()
        {
            return boundNs;
        }

        private void read(final String text) throws IOException
        {
            event = null;
            id = null;
            partition = -1;
            sequence = NONE;
            offset = NONE;
            epoch = -1;
            tNs = NONE;
            boundNs = NONE;
            try (JsonParser json = JSON.createParser(text))
            {
                if (json.nextToken() != JsonToken.START_OBJECT)
                {
                    throw new JsonParseException(json, "not an object");
                }
                while (json.nextToken() != JsonToken.END_OBJECT)
                {
                    final String name = json.currentName();
                    final JsonToken value = json.nextToken();
                    if (value == null)
                    {
                        throw new JsonParseException(json, "the object does not end");
                    }
                    field(json, name);
                }
                if (event == null || json.nextToken() != null)
                {
                    throw new JsonParseException(json, event == null ? "no event" : "more than one object");
                }
            }
        }

        private void field(final JsonParser json, final String name) throws IOException
        {
            switch (name)
            {
                case "event" -> event = json.getText();
                case "id" -> id = json.currentToken() == JsonToken.VALUE_NULL ? null : json.getText();
                case "partition" -> partition = json.getIntValue();
                case "sequence" -> sequence = json.getLongValue();
                case "offset" -> offset = json.getLongValue();
                case "epoch" -> epoch = json.getIntValue();
                case "tNs" -> tNs = json.getLongValue();
                case "boundNs" -> boundNs = json.getLongValue();
                default -> json.skipChildren();
            }
        }
    }

    private HistoryLines()
    {
    }

    /**
     * @param file    to read, "-" for standard input
     * @param handler takes each line
     * @return true when the last line was torn and is left out
     * @throws CommandFailure in one line for a file that is not there, or holds something else
     */
    static boolean read(final Path file, final Handler handler) throws IOException
    {
        final Line line = new Line();
        int number = 0;
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8)))
        {
            String text = reader.readLine();
            while (text != null)
            {
                final String next = reader.readLine();
                number++;
                try
                {
                    line.read(text);
                }
                catch (final JsonParseException ex)
                {
                    if (next == null)
                    {
                        return true;
                    }
                    throw bad(file, number, ex.getOriginalMessage(), ex);
                }
                catch (final IOException ex)
                {
                    throw bad(file, number, "not what verify prints", ex);
                }
                handle(file, number, line, handler);
                text = next;
            }
            return false;
        }
        catch (final NoSuchFileException ex)
        {
            throw new CommandFailure(ExitCode.USAGE, "there is no file " + file, ex);
        }
    }

    private static void handle(final Path file, final int number, final Line line, final Handler handler)
    {
        try
        {
            handler.onLine(line);
        }
        catch (final IllegalArgumentException ex)
        {
            throw bad(file, number, ex.getMessage(), ex);
        }
    }

    private static CommandFailure bad(final Path file, final int number, final String reason, final Exception cause)
    {
        return new CommandFailure(ExitCode.USAGE, file + " line " + number + ": " + reason, cause);
    }

    private static InputStream open(final Path file) throws IOException
    {
        return !STDIN.equals(file.toString()) ? Files.newInputStream(file) : new FilterInputStream(System.in)
        {
            @Override
            public void close()
            {
                // Standard input belongs to the process.
            }
        };
    }
}
