package io.syncline.simulator;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Plans that once broke an invariant, in production code or in the mutant they are named after; none may break one now. */
@Timeout(120)
class StoredPlansTest
{
    private static final Path PLANS = Path.of("src/test/resources/plans");

    static List<String> plans() throws IOException
    {
        try (Stream<Path> files = Files.list(PLANS))
        {
            return files.map((file) -> file.getFileName().toString()).filter((name) -> name.endsWith(".plan")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("plans")
    void storedPlanShouldNotBreakAnInvariant(final String name) throws IOException
    {
        new SimRun(SimPlan.parse(Files.readString(PLANS.resolve(name))), null).run();
    }
}
