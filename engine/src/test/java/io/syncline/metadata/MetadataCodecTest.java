package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.RegisterBroker;
import io.syncline.protocol.controller.BrokerRegisteredEncoder;
import io.syncline.protocol.controller.MessageHeaderEncoder;
import io.syncline.protocol.controller.RequestEncoder;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class MetadataCodecTest
{
    private static final int ROUNDS = 50;

    private final MetadataCodec codec = new MetadataCodec();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final Heard heard = new Heard();

    static Stream<Class<?>> requests()
    {
        return Stream.of(ControllerRequest.class.getPermittedSubclasses());
    }

    static Stream<Class<?>> events()
    {
        return Stream.of(MetadataEvent.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void shouldReturnEveryRequestAsItWas(final Class<?> kind) throws ReflectiveOperationException
    {
        final Random random = new Random(kind.getName().hashCode());
        for (int i = 0; i < ROUNDS; i++)
        {
            final ControllerRequest request = (ControllerRequest)random(kind, random);
            final int offset = random.nextInt(64);
            final long id = random.nextLong();
            final int length = codec.encodeRequest(buffer, offset, id, request);
            final List<Object> decoded = new ArrayList<>();
            codec.decodeRequest(buffer, offset, length, (correlationId, each) ->
            {
                decoded.add(correlationId);
                decoded.add(each);
            });
            assertThat(decoded).containsExactly(id, request);
        }
    }

    @ParameterizedTest
    @MethodSource("events")
    void shouldReturnEveryEventAsItWas(final Class<?> kind) throws ReflectiveOperationException
    {
        final Random random = new Random(kind.getName().hashCode());
        final List<Object> sent = new ArrayList<>();
        final int offset = 8;
        int length = codec.encodeChanges(buffer, offset, 100);
        for (int i = 0; i < ROUNDS; i++)
        {
            final MetadataEvent event = (MetadataEvent)random(kind, random);
            length += codec.encodeEvent(buffer, offset + length, event);
            sent.add((100L + i) + " " + event);
        }
        codec.decode(buffer, offset, length, heard);
        assertThat(heard.said).isEqualTo(sent);
    }

    /** What an earlier release wrote to a snapshot, and what a broker of one sends. */
    @Test
    void shouldReadARegistrationOfBeforeStartsWereCounted()
    {
        final MetadataEvent event = new MetadataEvent.BrokerRegistered(1, 8, 99, "d", 77, "b1:1", "b1:2", "");
        final int envelope = codec.encodeChanges(buffer, 0, 5);
        final int length = codec.encodeEvent(buffer, envelope, event);
        final int startAt = envelope + BrokerRegisteredEncoder.startEncodingOffset() + MessageHeaderEncoder.ENCODED_LENGTH;
        header.wrap(buffer, envelope).version(0).blockLength(BrokerRegisteredEncoder.startEncodingOffset());
        final int behind = startAt + Long.BYTES;
        buffer.putBytes(startAt, buffer.byteArray().clone(), behind, envelope + length - behind);
        codec.decode(buffer, 0, envelope + length - Long.BYTES, heard);
        assertThat(heard.said).containsExactly(
            "5 " + new MetadataEvent.BrokerRegistered(1, 8, 99, "d", BrokerState.NO_START, "b1:1", "b1:2", ""));

        final RegisterBroker request = new RegisterBroker(1, "c", "d", false, "b1:1", "b1:2", "", Map.of());
        final int requestLength = codec.encodeRequest(buffer, 0, 1, request);
        header.wrap(buffer, MessageHeaderEncoder.ENCODED_LENGTH + RequestEncoder.BLOCK_LENGTH).version(0);
        codec.decodeRequest(buffer, 0, requestLength - Integer.BYTES, (id, each) -> assertThat(each).isEqualTo(request));
    }

    @Test
    void shouldSpreadASnapshotOverFramesAndGoOnWithChanges()
    {
        final MetadataEvent event = new MetadataEvent.TopicDeleted(7);
        int length = codec.encodeSnapshotBegin(buffer, 0, 42);
        length += codec.encodeEvent(buffer, length, event);
        codec.decode(buffer, 0, length, heard);
        length = codec.encodeEvent(buffer, 0, event);
        length += codec.encodeSnapshotEnd(buffer, length, 42);
        codec.decode(buffer, 0, length, heard);
        length = codec.encodeChanges(buffer, 0, 43);
        length += codec.encodeEvent(buffer, length, event);
        length += codec.encodeEvent(buffer, length, event);
        length += codec.encodeReply(buffer, length, -5, -16, Long.MAX_VALUE, "größer als nötig");
        codec.decode(buffer, 0, length, heard);

        assertThat(heard.said).containsExactly(
            "begin 42", "42 " + event, "42 " + event, "end", "43 " + event, "44 " + event,
            "reply -5 -16 9223372036854775807 größer als nötig");
    }

    @Test
    void shouldRefuseWhatIsNoRequest()
    {
        final int length = codec.encodeReply(buffer, 0, 1, 0, 0, "a reply is no request");
        assertThatThrownBy(() -> codec.decodeRequest(buffer, 0, length, (id, request) -> {}))
            .isInstanceOf(IllegalArgumentException.class);
        final int whole = codec.encodeRequest(buffer, 0, 1, new ControllerRequest.DeleteTopic("topic"));
        for (int cut = 0; cut < whole; cut++)
        {
            final int cutLength = cut;
            assertThatThrownBy(() -> codec.decodeRequest(buffer, 0, cutLength, (id, request) -> {}))
                .isInstanceOfAny(IllegalArgumentException.class, IndexOutOfBoundsException.class);
        }
        buffer.setMemory(0, 256, (byte)0x7f);
        assertThatThrownBy(() -> codec.decodeRequest(buffer, 0, 256, (id, request) -> {}))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("schema");
    }

    private static Object random(final Class<?> type, final Random random) throws ReflectiveOperationException
    {
        final RecordComponent[] components = type.getRecordComponents();
        final Class<?>[] types = new Class<?>[components.length];
        final Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++)
        {
            types[i] = components[i].getType();
            values[i] = randomValue(components[i].getGenericType(), random);
        }
        final var constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(values);
    }

    private static Object randomValue(final Type type, final Random random) throws ReflectiveOperationException
    {
        if (type == int.class || type == Integer.class)
        {
            return random.nextInt();
        }
        if (type == long.class || type == Long.class)
        {
            return random.nextLong();
        }
        if (type == boolean.class)
        {
            return random.nextBoolean();
        }
        if (type == String.class)
        {
            return "é".repeat(random.nextInt(3)) + Long.toString(random.nextLong(), 36).repeat(random.nextInt(4));
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class)
        {
            final Map<String, String> map = new TreeMap<>();
            for (int i = random.nextInt(4); i > 0; i--)
            {
                map.put("key" + random.nextInt(100), (String)randomValue(String.class, random));
            }
            return map;
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class)
        {
            final List<Object> list = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--)
            {
                list.add(randomValue(generic.getActualTypeArguments()[0], random));
            }
            return list;
        }
        return random((Class<?>)type, random);
    }

    /** Writes down what it hears. */
    private static final class Heard implements ControllerSession.Listener
    {
        final List<Object> said = new ArrayList<>();

        @Override
        public void onConnected()
        {
            said.add("connected");
        }

        @Override
        public void onDisconnected(final String reason)
        {
            said.add("disconnected");
        }

        @Override
        public void onSnapshotBegin(final long version)
        {
            said.add("begin " + version);
        }

        @Override
        public void onEvent(final long version, final MetadataEvent event)
        {
            said.add(version + " " + event);
        }

        @Override
        public void onSnapshotEnd()
        {
            said.add("end");
        }

        @Override
        public void onReply(final long correlationId, final int code, final long value, final String message)
        {
            said.add("reply " + correlationId + " " + code + " " + value + " " + message);
        }
    }
}
