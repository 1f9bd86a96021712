package io.syncline.simulator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Source and mutants change together: one whose place is gone would otherwise be found out by the long run alone. */
@Timeout(120)
class MutantTest
{
    @Test
    void everyMutantShouldFindItsPlaceAndCompile() throws Exception
    {
        final List<String> failures = new ArrayList<>();
        try (MutantCompiler compiler = new MutantCompiler(Path.of("")))
        {
            for (final Mutant mutant : Mutant.ALL)
            {
                try
                {
                    assertThat(compiler.compile(mutant)).as(mutant.name()).isNotEmpty();
                }
                catch (final IllegalStateException ex)
                {
                    failures.add(ex.getMessage());
                }
            }
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void mutantsShouldHaveNamesOfTheirOwn()
    {
        assertThat(Mutant.ALL).extracting(MutantRunner::fileOf).doesNotHaveDuplicates();
    }
}
