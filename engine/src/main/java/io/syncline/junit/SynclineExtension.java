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

import java.lang.reflect.AnnotatedElement;

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
        // In the store of the test, which closes what it holds when the test is over; of the class, for a lifecycle method of it.
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
            final EmbeddedCluster cluster = extension.getStore(NAMESPACE).get(EmbeddedCluster.class, EmbeddedCluster.class);
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

    private static EmbeddedCluster cluster(final ExtensionContext extension)
    {
        ExtensionContext context = extension;
        while (context != null)
        {
            final SynclineTest settings = context.getElement().map(SynclineExtension::settings).orElse(null);
            if (settings != null)
            {
                return context.getStore(NAMESPACE).computeIfAbsent(
                    EmbeddedCluster.class, (type) -> launch(settings), EmbeddedCluster.class);
            }
            context = context.getParent().orElse(null);
        }
        throw new ParameterResolutionException("no @SynclineTest on the test or its class");
    }

    private static SynclineTest settings(final AnnotatedElement element)
    {
        return element.getAnnotation(SynclineTest.class);
    }

    private static EmbeddedCluster launch(final SynclineTest settings)
    {
        return EmbeddedCluster.launch(new EmbeddedCluster.Context()
            .brokers(settings.brokers())
            .transport(settings.transport())
            .threading(settings.threading()));
    }
}
