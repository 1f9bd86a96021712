package io.syncline.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Proof that the simulator can see: compiles each mutant in memory, runs seeds on it until one breaks an invariant, and prints how
 * many that took.
 */
public final class MutantRunner
{
    private static final long SHRINK_LIMIT_MS = 60_000;
    private static final String PACKAGE = "io.syncline.";

    private final Path sources;
    private final int seedLimit;
    private final Path plans;

    /**
     * @param sources   of production
     * @param seedLimit for each mutant
     * @param plans     where shrunk plans are written, null for nowhere
     */
    MutantRunner(final Path sources, final int seedLimit, final Path plans)
    {
        this.plans = plans;
        this.sources = sources;
        this.seedLimit = seedLimit;
    }

    /**
     * @param args directory of production sources, seeds at most, a part of the mutants' names ("" for all), and perhaps a
     *             directory for the shrunk plans
     */
    public static void main(final String[] args)
    {
        new MutantRunner(Path.of(args[0]), Integer.parseInt(args[1]), args.length > 3 ? Path.of(args[3]) : null)
            .run(args.length > 2 ? args[2] : "");
    }

    /**
     * @param part of the names of the mutants to run
     * @return mutants that no seed caught
     */
    int run(final String part)
    {
        final List<Mutant> mutants = Mutant.ALL.stream().filter((mutant) -> mutant.name().contains(part)).toList();
        int caught = 0;
        System.out.printf("%-55s %8s %8s  %s%n", "mutant", "seeds", "seconds", "invariant");
        for (final Mutant mutant : mutants)
        {
            final long startNs = System.nanoTime();
            final String result = firstSeed(mutant);
            final boolean isCaught = result != null;
            caught += isCaught ? 1 : 0;
            System.out.printf("%-55s %8s %8.1f  %s%n", mutant.name(), isCaught ? result.split(" ")[0] : "-",
                (System.nanoTime() - startNs) / 1e9, isCaught ? result.split(" ")[1] : "NOT CAUGHT");
        }
        System.out.println("mutants caught: " + caught + " of " + mutants.size());
        return mutants.size() - caught;
    }

    /** Called in the mutant's own class loader. */
    public static String firstFailingSeed(final int limit)
    {
        for (int seed = 1; seed <= limit; seed++)
        {
            final String failure = SimShrinker.failureOf(SimPlan.of(seed));
            if (failure != null)
            {
                return seed + " " + failure;
            }
        }
        return null;
    }

    /** Called in the mutant's own class loader. */
    public static String shrunk(final long seed)
    {
        return SimShrinker.shrink(SimPlan.of(seed), SHRINK_LIMIT_MS).toText();
    }

    private String firstSeed(final Mutant mutant)
    {
        try
        {
            final Map<String, byte[]> classes = compile(mutant);
            final ClassLoader loader = new MutantLoader(classes);
            final Class<?> runner = loader.loadClass(MutantRunner.class.getName());
            final String result = (String)runner.getMethod("firstFailingSeed", int.class).invoke(null, seedLimit);
            if (result != null && plans != null)
            {
                final long seed = Long.parseLong(result.split(" ")[0]);
                Files.createDirectories(plans);
                Files.writeString(plans.resolve(mutant.name().replace(' ', '-') + ".plan"),
                    "# " + mutant.name() + ": breaks " + result.split(" ")[1] + ", shrunk from seed " + seed + "\n" +
                    runner.getMethod("shrunk", long.class).invoke(null, seed));
            }
            return result;
        }
        catch (final ReflectiveOperationException | IOException ex)
        {
            throw new IllegalStateException("mutant '" + mutant.name() + "' cannot be run", ex);
        }
    }

    private Map<String, byte[]> compile(final Mutant mutant) throws IOException
    {
        final Map<String, String> texts = new HashMap<>();
        for (final Mutant.Edit edit : mutant.edits())
        {
            String text = texts.get(edit.file());
            if (text == null)
            {
                text = Files.readString(sources.resolve("io/syncline/" + edit.file() + ".java"));
            }
            final int at = text.indexOf(edit.before());
            if (at < 0 || text.indexOf(edit.before(), at + 1) >= 0)
            {
                throw new IllegalStateException("mutant '" + mutant.name() + "': its place does not stand exactly once in " +
                    edit.file() + ": " + edit.before());
            }
            texts.put(edit.file(), text.substring(0, at) + edit.after() + text.substring(at + edit.before().length()));
        }
        final List<JavaFileObject> units = new ArrayList<>();
        texts.forEach((file, text) -> units.add(
            new SimpleJavaFileObject(URI.create("string:///io/syncline/" + file + ".java"), JavaFileObject.Kind.SOURCE)
            {
                @Override
                public CharSequence getCharContent(final boolean ignoreEncodingErrors)
                {
                    return text;
                }
            }));
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        final Map<String, ByteArrayOutputStream> out = new HashMap<>();
        try (StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
            JavaFileManager files = new InMemory(standard, out))
        {
            final boolean isCompiled = compiler.getTask(null, files, null,
                List.of("-nowarn", "-proc:none", "-classpath", 
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))), null, units).call();
            if (!isCompiled)
            {
                throw new IllegalStateException("mutant '" + mutant.name() + "' does not compile");
            }
        }
        final Map<String, byte[]> classes = new HashMap<>();
        out.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    private static final class InMemory extends ForwardingJavaFileManager<StandardJavaFileManager>
    {
        private final Map<String, ByteArrayOutputStream> out;

        private InMemory(final StandardJavaFileManager files, final Map<String, ByteArrayOutputStream> out)
        {
            super(files);
            this.out = out;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
            final Location location, final String className, final JavaFileObject.Kind kind, final FileObject sibling)
        {
            return new SimpleJavaFileObject(URI.create("mem:///" + className.replace('.', '/') + ".class"), kind)
            {
                @Override
                public OutputStream openOutputStream()
                {
                    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    out.put(className, bytes);
                    return bytes;
                }
            };
        }
    }

    /** Everything of the product anew, the mutated classes in place of the real ones. */
    private static final class MutantLoader extends ClassLoader
    {
        private final Map<String, byte[]> mutated;

        private MutantLoader(final Map<String, byte[]> mutated)
        {
            super(MutantRunner.class.getClassLoader());
            this.mutated = mutated;
        }

        @Override
        protected Class<?> loadClass(final String name, final boolean resolve) throws ClassNotFoundException
        {
            if (!name.startsWith(PACKAGE))
            {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name))
            {
                final Class<?> loaded = findLoadedClass(name);
                if (loaded != null)
                {
                    return loaded;
                }
                final byte[] bytes = mutated.containsKey(name) ? mutated.get(name) : original(name);
                return defineClass(name, bytes, 0, bytes.length);
            }
        }

        private byte[] original(final String name) throws ClassNotFoundException
        {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class"))
            {
                if (in == null)
                {
                    throw new ClassNotFoundException(name);
                }
                return in.readAllBytes();
            }
            catch (final IOException ex)
            {
                throw new ClassNotFoundException(name, ex);
            }
        }
    }
}
