package io.syncline.history;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class RecordNamesTest
{
    private final RecordNames names = new RecordNames();

    @ParameterizedTest
    @ValueSource(strings = {"3f09-0", "3f09-17", "a-1099511627774", "a-1099511627775", "a-9999999999999", "x", "-1", "a-", "a-01", "a-1b", ""})
    void aNumberLeadsBackToTheName(final String name)
    {
        names.idOf("3f09-16");
        final long id = names.idOf(name);
        assertThat(id).isNotNegative();
        assertThat(names.record(id)).isEqualTo(name);
        assertThat(names.idOf("3f09-16")).isNotEqualTo(id);
        assertThat(names.idOf(name)).isEqualTo(id);
    }

    @Test
    void aRecordWithoutAnIdHasNone()
    {
        assertThat(names.idOf(null)).isEqualTo(HistoryChecker.NULL_ID);
        assertThat(names.record(HistoryChecker.NULL_ID)).isEqualTo("without an id");
    }
}
