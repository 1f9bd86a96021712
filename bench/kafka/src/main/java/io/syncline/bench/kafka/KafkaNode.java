package io.syncline.bench.kafka;

import kafka.Kafka;
import kafka.tools.StorageTool;

import java.io.PrintStream;

/** A broker's process: formats its directory, as Kafka wants it, and serves. */
public final class KafkaNode
{
    private KafkaNode()
    {
    }

    /**
     * @param args cluster id, and the properties file
     */
    public static void main(final String[] args)
    {
        final PrintStream out = System.out;
        final int formatted =
            StorageTool.execute(new String[]{"format", "--cluster-id", args[0], "--config", args[1]}, out);
        if (formatted != 0)
        {
            System.exit(formatted);
        }
        Kafka.main(new String[]{args[1]});
    }
}
