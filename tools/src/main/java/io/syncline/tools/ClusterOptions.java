package io.syncline.tools;

import io.syncline.client.Admin;
import io.syncline.client.ClientContext;
import picocli.CommandLine.Option;

/** {@code --bootstrap}, on every command that talks to a running cluster. */
final class ClusterOptions
{
    @Option(names = {"--bootstrap", "--bootstrap-server"}, paramLabel = "HOST:PORT[,HOST:PORT]",
        defaultValue = "localhost:19092",
        description = "One or more brokers of the cluster. Default: ${DEFAULT-VALUE}")
    private String bootstrap;

    /**
     * @param context of a client
     * @param <T>     its type
     * @return the context, with what these options say
     */
    <T extends ClientContext<T>> T applyTo(final T context)
    {
        return context.bootstrap(bootstrap).clientName("syncline");
    }

    /** @return an admin, connected */
    Admin connectAdmin()
    {
        return Admin.connect(applyTo(new Admin.Context()));
    }
}
