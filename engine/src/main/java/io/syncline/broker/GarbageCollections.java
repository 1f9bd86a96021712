package io.syncline.broker;

import com.sun.management.GarbageCollectionNotificationInfo;
import io.syncline.stage.Happening;
import io.syncline.stage.StageFile;
import org.agrona.concurrent.NanoClock;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** Notes each pause of this JVM's collectors in a stage file, on the JVM's own notification thread. */
final class GarbageCollections implements NotificationListener, AutoCloseable
{
    private final StageFile file;
    private final NanoClock clock;
    private final long startedMs = ManagementFactory.getRuntimeMXBean().getStartTime();
    private boolean isClosed;

    GarbageCollections(final StageFile file, final NanoClock clock)
    {
        this.file = file;
        this.clock = clock;
        for (final GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans())
        {
            // The cycles of a collector that works beside the application are no pauses.
            final String name = collector.getName();
            if (collector instanceof NotificationEmitter emitter && !name.contains("Cycle") && !name.contains("Concurrent"))
            {
                emitter.addNotificationListener(this, null, null);
            }
        }
    }

    /** Under a lock with {@link #close()}: afterwards the file's memory is gone. */
    @Override
    public synchronized void handleNotification(final Notification notification, final Object handback)
    {
        if (!isClosed &&
            GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION.equals(notification.getType()))
        {
            final var gc =
                GarbageCollectionNotificationInfo.from((CompositeData)notification.getUserData()).getGcInfo();
            final long agoMs = Math.max(0, System.currentTimeMillis() - startedMs - gc.getEndTime());
            file.happened(
                Happening.GC, -1, clock.nanoTime() - TimeUnit.MILLISECONDS.toNanos(agoMs),
                TimeUnit.MILLISECONDS.toNanos(gc.getDuration()));
        }
    }

    @Override
    public void close()
    {
        synchronized (this)
        {
            isClosed = true;
        }
        for (final GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans())
        {
            if (collector instanceof NotificationEmitter emitter)
            {
                try
                {
                    emitter.removeNotificationListener(this);
                }
                catch (final ListenerNotFoundException ignore)
                {
                    // One of those that were left out.
                }
            }
        }
    }
}
