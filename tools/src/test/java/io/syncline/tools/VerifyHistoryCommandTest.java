package io.syncline.tools;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Files with one planted defect each: the command finds it, and finds nothing in sound ones. */
@Timeout(30)
class VerifyHistoryCommandTest
{
    private static final long MS = 1_000_000;
    private static final int RECORDS = 10;

    @TempDir
    private Path dir;

    private final PrintStream systemOut = System.out;
    private final PrintStream systemErr = System.err;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final List<String> produced = new ArrayList<>();
    private final List<String> consumed = new ArrayList<>();

    @BeforeEach
    void makeASoundHistory()
    {
        for (int i = 0; i < RECORDS; i++)
        {
            produced.add(producer("send", i, -1, i * 10));
            produced.add(producer("ack", i, i, i * 10 + 5));
            consumed.add(record(i, i));
        }
        final PrintStream capture = new PrintStream(output, true, StandardCharsets.UTF_8);
        System.setOut(capture);
        System.setErr(capture);
    }

    @AfterEach
    void giveTheStreamsBack()
    {
        System.setOut(systemOut);
        System.setErr(systemErr);
    }

    @Test
    void shouldFindNothingInASoundHistory() throws IOException
    {
        produced.add("{\"event\":\"summary\",\"records\":10}");
        assertThat(judge()).isEqualTo(ExitCode.OK);
        assertThat(said()).contains("10 sent, 10 acknowledged, 0 failed, 0 unknown, 0 unanswered, 10 read, 0 of them")
            .contains("H1  judged 10, violated 0").contains("no violation");
    }

    @Test
    void shouldLeaveOutATornLastLine() throws IOException
    {
        produced.add(producer("send", RECORDS, -1, 200));
        produced.add(producer("send", RECORDS + 1, -1, 201).substring(0, 30));
        consumed.add("{\"event\":\"rec");
        assertThat(judge()).isEqualTo(ExitCode.OK);
        assertThat(said()).contains("11 sent").contains("1 unanswered").contains("the last line is torn");
    }

    @Test
    void shouldRefuseATornLineInTheMiddle() throws IOException
    {
        produced.set(3, "{\"event\":\"ack\",\"id\":");
        assertThat(judge()).isEqualTo(ExitCode.USAGE);
        assertThat(said().lines()).singleElement().asString().contains("sent.jsonl line 4");
    }

    @Test
    void shouldRefuseAnAckOfWhatWasNeverSentAndAMissingFile() throws IOException
    {
        produced.remove(0);
        assertThat(judge()).isEqualTo(ExitCode.USAGE);
        assertThat(said().lines()).singleElement().asString().contains("sent.jsonl line 1").contains("was not sent");
        output.reset();
        assertThat(Syncline.execute("verify", "history", "--produced", dir.resolve("none").toString()))
            .isEqualTo(ExitCode.USAGE);
        assertThat(said().lines()).singleElement().asString().contains("there is no file");
    }

    @Test
    void shouldFindALostRecord() throws IOException
    {
        consumed.remove(RECORDS - 1);
        assertThat(judge()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(said()).contains("H1: partition 0, record run-9:").contains("VIOLATED");
    }

    @Test
    void shouldAllowAnEarlierEndToAPartialReader() throws IOException
    {
        consumed.remove(RECORDS - 1);
        assertThat(judge("--partial")).isEqualTo(ExitCode.OK);
    }

    @Test
    void shouldFindARefusedRecordThatWasRead() throws IOException
    {
        produced.set(2 * RECORDS - 1, producer("fail", RECORDS - 1, -1, 100));
        assertThat(judge()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(said()).contains("H2: ").contains("run-9");
    }

    @Test
    void shouldFindADoubledRecord() throws IOException
    {
        consumed.add(record(RECORDS - 1, RECORDS));
        assertThat(judge()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(said()).contains("H4: ").contains("run-9");
    }

    @Test
    void shouldFindReorderedRecords() throws IOException
    {
        produced.set(17, producer("ack", 8, 9, 85));
        produced.set(19, producer("ack", 9, 8, 95));
        consumed.set(8, record(9, 8));
        consumed.set(9, record(8, 9));
        assertThat(judge()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(said()).contains("H5: ").contains("H7: ");
    }

    @Test
    void shouldFindAGap() throws IOException
    {
        consumed.remove(4);
        assertThat(judge()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(said()).contains("H6: ");
    }

    @Test
    void shouldFindTwoValuesOfAnOffsetInTwoFiles() throws IOException
    {
        final Path other = Files.write(dir.resolve("other.jsonl"), List.of(record(1, 0)));
        assertThat(judge("--consumed", "--partial", other.toString())).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(said()).contains("H3: ").contains("other.jsonl");
    }

    @Test
    void shouldFindALatestOffsetThatFell() throws IOException
    {
        consumed.add("{\"event\":\"latest\",\"partition\":0,\"offset\":10,\"tNs\":1}");
        consumed.add("{\"event\":\"latest\",\"partition\":0,\"offset\":9,\"tNs\":2}");
        assertThat(judge()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(said()).contains("H8: ");
    }

    @Test
    void shouldFindThatNothingWasAcceptedAlthoughAllWasHealthy() throws IOException
    {
        final Path faults = Files.write(dir.resolve("faults.jsonl"), List.of(
            "{\"event\":\"fault\",\"tNs\":1000000}",
            "{\"event\":\"healthy\",\"tNs\":" + 20 * MS + ",\"boundNs\":" + 10 * MS + "}",
            "{\"event\":\"healthy\",\"tNs\":" + 79 * MS + ",\"boundNs\":" + 4 * MS + "}"));
        assertThat(judge("--consumed", "--faults", faults.toString())).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(said()).contains("H9  judged 2, violated 1").contains("expected a write accepted within 4 ms");
    }

    @Test
    void shouldFindReplicasThatDiffer() throws IOException
    {
        final Path replicas = Files.writeString(dir.resolve("replicas.json"), """
            {"topic" : "t", "identical" : false, "partitions" : [
              {"partition" : 0, "leader" : 1, "fromOffset" : 0, "toOffset" : 10, "checksum" : 77, "identical" : true,
               "differences" : [ ]},
              {"partition" : 1, "leader" : 2, "fromOffset" : 0, "toOffset" : 10, "checksum" : 78, "identical" : false,
               "differences" : [ {"broker" : 3, "firstOffset" : 4, "code" : "OK"} ]}]}
            """);
        assertThat(judge("--consumed", "--replicas", replicas.toString())).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(said()).contains("H10: partition 1").contains("broker 3").contains("offset 4")
            .contains("H10 judged 3, violated 1");
    }

    @Test
    void shouldPrintADocument() throws IOException
    {
        consumed.remove(RECORDS - 1);
        assertThat(judge("--consumed", "--format", "json")).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(said()).startsWith("{").contains("\"verified\" : false", "\"rule\" : \"H1\"", "\"sent\" : 10");
    }

    private int judge(final String... more) throws IOException
    {
        final List<String> args = new ArrayList<>(List.of(
            "verify", "history", "--produced", Files.writeString(dir.resolve("sent.jsonl"), String.join("\n", produced)).toString(),
            more.length == 0 ? "--consumed" : more[0],
            Files.writeString(dir.resolve("read.jsonl"), String.join("\n", consumed)).toString()));
        args.addAll(List.of(more).subList(Math.min(1, more.length), more.length));
        return Syncline.execute(args.toArray(String[]::new));
    }

    private String said()
    {
        return output.toString(StandardCharsets.UTF_8);
    }

    private static String producer(final String event, final int number, final long offset, final long timeMs)
    {
        return "{\"event\":\"" + event + "\",\"id\":\"run-" + number + "\",\"partition\":0,\"sequence\":" + number +
            ",\"offset\":" + offset + ",\"epoch\":1,\"tNs\":" + timeMs * MS + "}";
    }

    private static String record(final int number, final long offset)
    {
        return "{\"event\":\"record\",\"id\":\"run-" + number + "\",\"partition\":0,\"offset\":" + offset +
            ",\"epoch\":1,\"tNs\":" + (1000 + number) * MS + "}";
    }
}
