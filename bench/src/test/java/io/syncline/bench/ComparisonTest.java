package io.syncline.bench;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ComparisonTest
{
    private static final String P50 = "responseUs.p50";

    @Test
    void shouldFormRatiosWithinTheRoundsSoThatADriftingMachineMovesBoth()
    {
        final Comparison comparison = new Comparison(List.of("a", "b"));
        // The machine becomes ten times slower; a takes twice as long as b all the time.
        add(comparison, 0, 20, 10);
        add(comparison, 1, 60, 30);
        add(comparison, 2, 200, 100);

        assertThat(comparison.ratio(1000, 1, P50)).isEqualTo(new Spread(2, 2, 2));
        assertThat(comparison.figure(1000, 0, P50)).isEqualTo(new Spread(20, 60, 200));
        assertThat(comparison.ratio(1000, 1, "deliveredUs.p50")).isNull();
        assertThat(comparison.figure(5000, 0, P50)).isNull();
    }

    @Test
    void shouldCountRunsThatFailed()
    {
        final Comparison comparison = new Comparison(List.of("a", "b"));
        add(comparison, 0, 1, 1);
        comparison.add(1, 1000, "a", Map.of("verdict", "FAIL: late", P50, "3"));

        assertThat(comparison.runs()).isEqualTo(3);
        assertThat(comparison.failed()).isEqualTo(1);
    }

    @Test
    void shouldQuoteTheMiddleWithWhatLiesAround()
    {
        assertThat(Spread.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Spread(1, 2, 3));
        assertThat(Spread.of(List.of(1.0, 2.0, 4.0, 9.0)).median()).isEqualTo(3);
        assertThat(new Spread(0.5, 12.25, 4321).toString()).isEqualTo("12.3 (0.50 to 4,321)");
        assertThatThrownBy(() -> Spread.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static void add(final Comparison comparison, final int round, final int a, final int b)
    {
        comparison.add(round, 1000, "a", Map.of("verdict", "OK", P50, Integer.toString(a)));
        comparison.add(round, 1000, "b", Map.of("verdict", "OK", P50, Integer.toString(b)));
    }
}
