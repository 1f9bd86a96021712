package io.syncline.junit;

import io.syncline.broker.Threading;
import io.syncline.embedded.Transport;
import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Gives a test an embedded cluster. On a class, all its tests share one cluster, which is launched before the first and
 * closed after the last; on a method, that test has its own.
 * <p>
 * Parameters of the types {@link io.syncline.embedded.EmbeddedCluster}, {@link io.syncline.client.Producer},
 * {@link io.syncline.client.Consumer} and {@link io.syncline.client.Admin} are filled in; clients are connected when
 * asked for and closed after the test. When a test fails, the state of the cluster goes to standard error; when it
 * passes, nothing does.
 * <pre>
 *   &#64;SynclineTest(brokers = 3)
 *   class OrdersTest
 *   {
 *       &#64;Test
 *       void shouldKeepOrders(final EmbeddedCluster cluster, final Producer producer, final Consumer consumer) ...
 *   }
 * </pre>
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SynclineExtension.class)
public @interface SynclineTest
{
    /** @return brokers of the cluster */
    int brokers() default 3;

    /** @return what carries the frames */
    Transport transport() default Transport.IPC;

    /** @return who turns the agents; INVOKER is not for a test that blocks */
    Threading threading() default Threading.SHARED;
}
