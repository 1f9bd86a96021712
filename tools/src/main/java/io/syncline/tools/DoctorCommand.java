package io.syncline.tools;

import io.syncline.broker.BrokerContext;
import io.syncline.doctor.Doctor;
import io.syncline.doctor.Finding;
import io.syncline.doctor.Machine;
import io.syncline.doctor.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code syncline doctor}: is this machine fit for it? */
@Command(name = "doctor", mixinStandardHelpOptions = true,
    description = {
        "Checks this machine for what ruins latency or ends a node: one line each with what was read, why it matters and what " +
            "to do. Exits 3 on a critical finding.",
        "",
        "Needs are those of the nodes whose configurations are given, all on this machine; without any, of one node with every " +
            "default."},
    footer = {"", "Example:", "  syncline doctor --config /etc/syncline/node.properties"})
final class DoctorCommand implements Callable<Integer>
{
    @Option(names = "--config", paramLabel = "FILE", description = "Configuration of a node of this machine; may be given again.")
    private List<Path> configurations = List.of();

    @Option(names = "--dir", paramLabel = "DIR", defaultValue = "data",
        description = "log.dir, without a configuration. Default: ${DEFAULT-VALUE}")
    private Path directory;

    @Mixin
    private FormatOptions format;

    @Override
    public Integer call() throws IOException
    {
        final List<Finding> findings = new Doctor(new Machine(), plan()).examine();
        if (format.isJson())
        {
            FormatOptions.document(System.out, (json) ->
            {
                json.writeStartArray();
                for (final Finding finding : findings)
                {
                    json.writeStartObject();
                    json.writeStringField("check", finding.check());
                    json.writeStringField("severity", finding.severity().name().toLowerCase(Locale.ROOT));
                    json.writeStringField("read", finding.read());
                    json.writeStringField("why", finding.why());
                    json.writeStringField("fix", finding.fix());
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
        }
        else
        {
            findings.forEach(System.out::println);
        }
        return Doctor.isCritical(findings) ? ExitCode.CHECK_FAILED : ExitCode.OK;
    }

    private Plan plan() throws IOException
    {
        if (configurations.isEmpty())
        {
            return Plan.ofDefaults(directory);
        }
        final List<BrokerContext> nodes = new ArrayList<>();
        for (final Path file : configurations)
        {
            // No session is made of it: this only asks what the node would need.
            nodes.add(new BrokerContext().properties(NodeFile.load(file), file.toString())
                .controllerSession((listener) -> null).conclude());
        }
        return Plan.of(nodes);
    }
}
