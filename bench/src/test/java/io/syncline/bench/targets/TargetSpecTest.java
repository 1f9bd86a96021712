package io.syncline.bench.targets;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TargetSpecTest
{
    @Test
    void shouldReadSystemLayoutAndSettings()
    {
        final TargetSpec spec = TargetSpec.parse("Syncline:udp,threading=invoker,idle.strategy=spin");

        assertThat(spec.system()).isEqualTo("syncline");
        assertThat(spec.oneOf(TargetSpec.LAYOUT, Layout.IPC)).isEqualTo(Layout.UDP);
        assertThat(spec.get("threading", "shared")).isEqualTo("invoker");
        assertThat(spec.ownSettings()).isEqualTo(Map.of("idle.strategy", "spin"));
        assertThat(TargetSpec.parse(spec.toString())).isEqualTo(spec);
    }

    @Test
    void shouldPreferWhatIsSaidToDefaults()
    {
        final TargetSpec spec = TargetSpec.parse("syncline,sampling=0").withDefaults(Map.of("sampling", "64", "brokers", "1"));

        assertThat(spec.number("sampling", 7)).isZero();
        assertThat(spec.number("brokers", 3)).isEqualTo(1);
        assertThat(spec.number("min-isr", 2)).isEqualTo(2);
    }

    @Test
    void shouldNameWhatItDoesNotKnow()
    {
        assertThatThrownBy(() -> TargetSpec.parse("aeron,colour=red").check(Set.of("threading")))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("colour").hasMessageContaining("threading");
        assertThatThrownBy(() -> TargetSpec.parse("aeron:tcp").oneOf(TargetSpec.LAYOUT, Layout.IPC))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("tcp").hasMessageContaining("processes");
        assertThatThrownBy(() -> Targets.start(TargetSpec.parse("pulsar")))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("pulsar").hasMessageContaining("syncline");
        assertThatThrownBy(() -> TargetSpec.parse("syncline,brokers=many").number("brokers", 3))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("many");
    }
}
