package io.syncline.junit;

import io.syncline.client.Admin;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import io.syncline.embedded.EmbeddedCluster;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Behind {@link SynclineTest}: launches, injects, closes, and shows the cluster when a test failed. */
final class SynclineExtension implements ParameterResolver, AfterTestExecutionCallback
{
    private static final Namespace NAMESPACE = Namespace.create(SynclineExtension.class);

    @Override
    public boolean supportsParameter(final ParameterContext parameter, final ExtensionContext extension)
    {
        final Class<?> type = parameter.getParameter().getType();
        return type == EmbeddedCluster.class || type == Producer.class || type == Consumer.class || type == Admin.class;
    }

    @Override
    public Object resolveParameter(final ParameterContext parameter, final ExtensionContext extension)
    {
        final EmbeddedCluster cluster = cluster(extension);
        final Class<?> type = parameter.getParameter().getType();
        if (type == EmbeddedCluster.class)
        {
            return cluster;
        }
        // In the store of the test, which closes what it holds when the test is over; of the class, for a lifecycle
        // method of it.
        return extension.getStore(NAMESPACE).computeIfAbsent(
            type.getName() + "@" + parameter.getDeclaringExecutable() + "#" + parameter.getIndex(),
            (name) -> connect(type, cluster),
            AutoCloseable.class);
    }

    @Override
    public void afterTestExecution(final ExtensionContext extension)
    {
        if (extension.getExecutionException().isPresent())
        {
            final EmbeddedCluster cluster = launched(extension);
            if (cluster != null)
            {
                System.err.println(extension.getDisplayName() + " failed; " + cluster.describe());
            }
        }
    }

    private static AutoCloseable connect(final Class<?> type, final EmbeddedCluster cluster)
    {
        if (type == Producer.class)
        {
            return Producer.connect(cluster.producer());
        }
        return type == Consumer.class ? Consumer.connect(cluster.consumer()) : Admin.connect(cluster.admin());
    }

    /** The cluster of the nearest annotation, launched by the first who asks; its store closes it. */
    private static EmbeddedCluster cluster(final ExtensionContext extension)
    {
        final ExtensionContext owner = owner(extension);
        if (owner == null)
        {
            throw new ParameterResolutionException("no @SynclineTest on the test or its class");
        }
        // Under the owner's own id: a store also finds what the stores above it hold.
        return owner.getStore(NAMESPACE).computeIfAbsent(
            owner.getUniqueId(), (id) -> launch(settings(owner)), EmbeddedCluster.class);
    }

    private static EmbeddedCluster launched(final ExtensionContext extension)
    {
        final ExtensionContext owner = owner(extension);
        return owner == null ? null : owner.getStore(NAMESPACE).get(owner.getUniqueId(), EmbeddedCluster.class);
    }

    private static ExtensionContext owner(final ExtensionContext extension)
    {
        ExtensionContext context = extension;
        while (context != null && settings(context) == null)
        {
            context = context.getParent().orElse(null);
        }
        return context;
    }

    private static SynclineTest settings(final ExtensionContext context)
    {
        return context.getElement().map((element) -> element.getAnnotation(SynclineTest.class)).orElse(null);
    }

    private static EmbeddedCluster launch(final SynclineTest settings)
    {
        return EmbeddedCluster.launch(new EmbeddedCluster.Context()
            .brokers(settings.brokers())
            .transport(settings.transport())
            .threading(settings.threading()));
    }
}
