package io.syncline.tools;

import io.syncline.stage.StageHistogram;
import io.syncline.stage.StageLayout;
import io.syncline.stage.StageReader;
import org.agrona.CloseHelper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code syncline whatif}: what another number of followers would have cost. */
@Command(name = "whatif", mixinStandardHelpOptions = true,
    description = {
        "Says from measurement what the answer would have cost, had it waited for fewer followers: at the leaders, from a " +
            "record's arrival to its answer. Leaders note each follower's ack of every sampled record of acks=all.",
        "",
        "None is what acks=leader would have cost. The last line is what it did cost: every member of the ISR."},
    footer = {"", "Example:", "  syncline whatif --dir /var/lib/syncline --topic orders"})
final class WhatIfCommand implements Callable<Integer>
{
    @Mixin
    private AttachOptions attach;

    @Mixin
    private FormatOptions format;

    @Option(names = "--topic", paramLabel = "NAME", description = "Only this topic, by name or id. Default: all")
    private String topic;

    @Override
    public Integer call() throws IOException
    {
        final List<StageReader> readers = attach.stages();
        try
        {
            final StageHistogram[] whatIf = StageSnapshot.of(readers, topic).whatIf;
            if (format.isJson())
            {
                FormatOptions.document(System.out, (json) ->
                {
                    json.writeStartArray();
                    for (int n = 0; n < StageLayout.WHATIF_COUNT; n++)
                    {
                        if (whatIf[n].count() > 0)
                        {
                            json.writeStartObject();
                            json.writeNumberField("followers", n);
                            StageTable.write(json, whatIf[n]);
                            json.writeEndObject();
                        }
                    }
                    json.writeEndArray();
                });
                return ExitCode.OK;
            }
            System.out.printf("%-18s%-8s%10s%10s%10s%10s%10s%n",
                "if it had waited", "records", "p50", "p90", "p99", "p99.9", "max us");
            for (int n = 0; n < StageLayout.WHATIF_COUNT; n++)
            {
                if (whatIf[n].count() > 0)
                {
                    StageTable.row(System.out, n == 0 ? "for no follower" : n == 1 ? "for one" : "for " + n,
                        Long.toString(whatIf[n].count()), whatIf[n], "");
                }
            }
            System.out.println("at the leader, from arrival to answer; the network to the producer comes on top of each");
            return ExitCode.OK;
        }
        finally
        {
            CloseHelper.closeAll(readers);
        }
    }
}
