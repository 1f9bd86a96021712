package io.syncline;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.Map;
import java.util.Set;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The house has floors: a package imports only from below, and packages on one floor do not know each other. The
 * deciding packages are pure, so that a simulator can drive them: no I/O, no clock, no thread, no chance.
 */
@Timeout(60)
class ArchitectureTest
{
    private static final String ROOT = "io.syncline";

    private static final Map<String, Integer> FLOOR_BY_PACKAGE = Map.ofEntries(
        Map.entry("record", 0), Map.entry("protocol", 0),
        Map.entry("replica", 1), Map.entry("metadata", 1), Map.entry("history", 1),
        Map.entry("stream", 2), Map.entry("journal", 2), Map.entry("stage", 2),
        Map.entry("client", 3), Map.entry("broker", 3), Map.entry("controller", 3),
        Map.entry("embedded", 4), Map.entry("doctor", 4),
        Map.entry("junit", 5), Map.entry("tools", 5), Map.entry("bench", 5));

    private static final String[] PURE = {ROOT + ".replica..", ROOT + ".metadata..", ROOT + ".history.."};

    /** Of the packages that bring clocks, threads and locks, what a pure package may use all the same. */
    private static final Set<String> HARMLESS = Set.of("java.util.concurrent.TimeUnit", "java.time.Duration");

    private static JavaClasses house;

    @BeforeAll
    static void readClasses()
    {
        house = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages(ROOT);
    }

    @Test
    void shouldSeeThePackagesItGuards()
    {
        assertThat(house.containPackage(ROOT + ".record")).isTrue();
        assertThat(house.containPackage(ROOT + ".replica")).isTrue();
        assertThat(house.containPackage(ROOT + ".metadata")).isTrue();
        assertThat(house.containPackage(ROOT + ".stream")).isTrue();
    }

    @Test
    void everyPackageShouldHaveAFloor()
    {
        assertThat(house).allSatisfy((javaClass) ->
            assertThat(FLOOR_BY_PACKAGE).as(javaClass.getName()).containsKey(room(javaClass)));
    }

    @Test
    void importsShouldPointToALowerFloorOnly()
    {
        classes().should(onlyLookDown()).check(house);
    }

    @Test
    void onlyTheStreamSideShouldKnowAeronAndOnlyTheJournalChronicle()
    {
        noClasses().that().resideOutsideOfPackages(ROOT + ".journal..", ROOT + ".bench..")
            .should().dependOnClassesThat().resideInAPackage("net.openhft..").check(house);
        noClasses().that().resideInAPackage(ROOT + ".journal..")
            .should().dependOnClassesThat().resideInAPackage("io.aeron..").allowEmptyShould(true).check(house);
    }

    @Test
    void decidingPackagesShouldDoNoInputOrOutput()
    {
        noClasses().that().resideInAnyPackage(PURE).should().dependOnClassesThat().resideInAnyPackage(
            "java.io..", "java.nio.file..", "java.nio.channels..", "java.net..", "javax..", "sun..",
            "io.aeron..", "net.openhft..", "org.slf4j..", "java.util.logging..").check(house);
    }

    @Test
    void decidingPackagesShouldHaveNoClockThreadOrChance()
    {
        noClasses().that().resideInAnyPackage(PURE).should().dependOnClassesThat(clockThreadOrChance()).check(house);
        noClasses().that().resideInAnyPackage(PURE).should().accessTargetWhere(systemOrRandomCall()).check(house);
    }

    private static ArchCondition<JavaClass> onlyLookDown()
    {
        return new ArchCondition<>("import from lower floors only")
        {
            @Override
            public void check(final JavaClass javaClass, final ConditionEvents events)
            {
                final String from = room(javaClass);
                for (final Dependency dependency : javaClass.getDirectDependenciesFromSelf())
                {
                    final JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (!target.getPackageName().startsWith(ROOT) || from.equals(room(target)))
                    {
                        continue;
                    }
                    if (floor(target) >= floor(javaClass))
                    {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static DescribedPredicate<JavaClass> clockThreadOrChance()
    {
        final List<String> prefixes = List.of(
            "java.time.", "java.util.concurrent.", "java.util.Random", "java.util.SplittableRandom", "java.util.UUID",
            "java.util.Timer", "java.util.random.", "java.security.", "java.lang.Thread", "java.lang.Process",
            "org.agrona.concurrent.System", "org.agrona.concurrent.Cached",
            "org.agrona.concurrent.AgentRunner", "org.agrona.concurrent.AgentInvoker",
            "org.agrona.concurrent.HighResolution");
        return DescribedPredicate.describe(
            "bring a clock, a thread or chance",
            (target) -> !HARMLESS.contains(target.getName()) &&
                prefixes.stream().anyMatch(target.getName()::startsWith));
    }

    private static DescribedPredicate<JavaAccess<?>> systemOrRandomCall()
    {
        final Set<String> calls = Set.of(
            "java.lang.System.nanoTime", "java.lang.System.currentTimeMillis", "java.lang.System.getProperty",
            "java.lang.System.getenv", "java.lang.System.out", "java.lang.System.err", "java.lang.Math.random",
            "java.lang.Runtime.getRuntime");
        return DescribedPredicate.describe(
            "reads the system",
            (access) -> calls.contains(access.getTargetOwner().getName() + "." + access.getTarget().getName()));
    }

    private static int floor(final JavaClass javaClass)
    {
        return FLOOR_BY_PACKAGE.getOrDefault(room(javaClass), Integer.MAX_VALUE);
    }

    private static String room(final JavaClass javaClass)
    {
        final String name = javaClass.getPackageName();
        final String rest = name.substring(Math.min(name.length(), ROOT.length() + 1));
        final int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }
}
