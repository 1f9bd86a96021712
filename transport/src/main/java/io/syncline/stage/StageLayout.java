package io.syncline.stage;

/** Offsets and lengths of a stage file, as {@code package-info} draws them. */
public final class StageLayout
{
    /** Name of a broker's file in {@code log.dir}. */
    public static final String BROKER_FILE_NAME = "stages.dat";
    /** How a producer's file ends; it begins with {@code producer-} and the client's id. */
    public static final String PRODUCER_FILE_SUFFIX = ".stages";

    /** {@code kind}: written by a broker. */
    public static final int KIND_BROKER = 1;
    /** {@code kind}: written by a producer. */
    public static final int KIND_PRODUCER = 2;

    /** Topics that have a section of their own; later ones count in the first section alone. */
    public static final int MAX_TOPICS = 7;

    /** Series of a section: one for each {@link Stage}, by ordinal, then these. */
    public static final int TOTAL = Stage.COUNT;
    /** First of the series for "the answer if n followers had been enough", n from 0. */
    public static final int WHATIF = TOTAL + 1;
    /** Number of those series. */
    public static final int WHATIF_COUNT = 6;
    /** Every sampled batch this broker appended as a follower: arrival to append. */
    public static final int FOLLOWED_APPEND = WHATIF + WHATIF_COUNT;
    /** Every sampled batch this broker appended as a follower: append to ack. */
    public static final int FOLLOWED_ACK = FOLLOWED_APPEND + 1;
    /** Series of a section. */
    public static final int SERIES = FOLLOWED_ACK + 1;

    /** Resolution of a histogram: a value is known to one part in 128. */
    public static final int HISTOGRAM_BITS = 7;
    /** Buckets of a histogram: up to 274 s. */
    public static final int HISTOGRAM_BUCKETS = 4096;
    /** Resolution of the rows of sums. */
    public static final int ROW_BITS = 4;
    /** Rows of sums. */
    public static final int ROWS = 640;

    static final int MAGIC = 0x53_59_4E_53;
    static final int VERSION = 2;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 4;
    static final int KIND_OFFSET = 8;
    static final int NODE_ID_OFFSET = 12;
    static final int CLIENT_ID_OFFSET = 16;
    static final int WALL_OFFSET_OFFSET = 24;
    static final int STARTED_OFFSET = 32;
    static final int SAMPLING_OFFSET = 40;
    static final int SECTIONS_OFFSET = 44;
    static final int DROPPED_LEADER_OFFSET = 64;
    static final int DROPPED_FOLLOWER_OFFSET = 128;

    static final int DIRECTORY_OFFSET = 4096;
    static final int DIRECTORY_ENTRY_LENGTH = 64;
    static final int TOPIC_ID_OFFSET = 0;
    static final int TOPIC_NAME_LENGTH_OFFSET = 8;
    static final int TOPIC_NAME_OFFSET = 12;
    static final int TOPIC_NAME_MAX = DIRECTORY_ENTRY_LENGTH - TOPIC_NAME_OFFSET;

    static final int HAPPENINGS_OFFSET = 8192;
    static final int HAPPENINGS_HEAD_LENGTH = 64;
    static final int HAPPENINGS = 510;
    static final int HAPPENING_LENGTH = 32;
    static final int HAPPENING_END_OFFSET = 8;
    static final int HAPPENING_DURATION_OFFSET = 16;
    static final int HAPPENING_TYPE_OFFSET = 24;
    static final int HAPPENING_WHO_OFFSET = 28;

    static final int EXEMPLARS_OFFSET = HAPPENINGS_OFFSET + 16 * 1024;
    /** Seconds whose worst records a file has room for. */
    public static final int EXEMPLAR_SECONDS = 128;
    static final int EXEMPLARS_A_SECOND = 4;
    static final int EXEMPLAR_LENGTH = 128;
    static final int EXEMPLAR_END_OFFSET = 8;
    static final int EXEMPLAR_TOTAL_OFFSET = 16;
    static final int EXEMPLAR_KEY_OFFSET = 24;
    static final int EXEMPLAR_RECORD_OFFSET = 32;
    static final int EXEMPLAR_FOLLOWER_OFFSET = 40;
    static final int EXEMPLAR_ACKS_OFFSET = 44;
    static final int EXEMPLAR_STAGES_OFFSET = 48;

    static final int SECTIONS_BEGIN = EXEMPLARS_OFFSET + EXEMPLAR_SECONDS * EXEMPLARS_A_SECOND * EXEMPLAR_LENGTH;
    static final int HEADS_LENGTH = 4096;
    static final int HEAD_LENGTH = 64;
    static final int HEAD_COUNT_OFFSET = 0;
    static final int HEAD_SUM_OFFSET = 8;
    static final int HEAD_MAX_OFFSET = 16;
    static final int HISTOGRAM_LENGTH = HISTOGRAM_BUCKETS * Long.BYTES;
    static final int ROW_LENGTH = 128;
    static final int ROW_TOTAL_OFFSET = 8;
    static final int ROW_STAGES_OFFSET = 16;
    static final int ROWS_BEGIN = HEADS_LENGTH + SERIES * HISTOGRAM_LENGTH;
    static final int SECTION_LENGTH = ROWS_BEGIN + ROWS * ROW_LENGTH;

    private StageLayout()
    {
    }

    /**
     * @param topics with a section of their own
     * @return bytes of the whole
     */
    public static int lengthOf(final int topics)
    {
        return SECTIONS_BEGIN + (topics + 1) * SECTION_LENGTH;
    }

    static int sectionOffset(final int section)
    {
        return SECTIONS_BEGIN + section * SECTION_LENGTH;
    }
}
