package io.syncline.tools;

import picocli.CommandLine.Option;

/** {@code --execute} and {@code --yes-lose-data}, on every command that destroys something. */
final class ExecuteOptions
{
    @Option(names = "--execute", description = "Do what destroys something; without this the command only says what " +
        "it would do.")
    private boolean execute;

    @Option(names = "--yes-lose-data", description = "Needed with --execute where acknowledged records will be lost.")
    private boolean yesLoseData;

    /**
     * Says what would be done where it shall not be done.
     *
     * @param what      would be done, in words
     * @param losesData whether acknowledged records may be lost
     * @return true when it shall be done
     */
    boolean isConfirmed(final String what, final boolean losesData)
    {
        if (!execute)
        {
            System.out.println("would " + what + "; nothing done: give --execute" +
                (losesData ? " and --yes-lose-data" : "") + " to do it");
            return false;
        }
        if (losesData && !yesLoseData)
        {
            throw CommandFailure.usage("would " + what + ", which loses data for good; nothing done: give " +
                "--yes-lose-data as well to do it");
        }
        return true;
    }
}
