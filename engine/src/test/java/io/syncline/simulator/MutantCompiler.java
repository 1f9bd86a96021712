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
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Makes mutants in memory: the files that a mutant changes, against the class path; everything else is as it was built. */
final class MutantCompiler implements AutoCloseable
{
    private static final String PACKAGE = "io.syncline.";
    private static final String ROOT = "io/syncline/";

    private final List<Path> sources;
    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
    private final List<String> options = List.of("-nowarn", "-proc:none", "-g:none", "-implicit:none", "-classpath",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));

    /** @param module the engine's directory; the transport lies beside it */
    MutantCompiler(final Path module)
    {
        sources = List.of(module.resolve("src/main/java"), module.resolve("../transport/src/main/java"));
    }

    /**
     * @param mutant to be made
     * @return the changed classes by name
     * @throws IllegalStateException where an edit's place does not stand exactly once, or the result does not compile
     */
    Map<String, byte[]> compile(final Mutant mutant)
    {
        final List<JavaFileObject> units = new ArrayList<>();
        edited(mutant).forEach((file, text) -> units.add(new Source(file, text)));
        if (units.isEmpty())
        {
            return Map.of();
        }
        final DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        final Map<String, ByteArrayOutputStream> out = new HashMap<>();
        synchronized (standard)
        {
            final JavaFileManager files = new InMemory(standard, out);
            if (!compiler.getTask(null, files, diagnostics, options, null, units).call())
            {
                throw new IllegalStateException("mutant '" + mutant.name() + "' does not compile: " +
                    diagnostics.getDiagnostics().stream().filter((each) -> each.getKind() == Diagnostic.Kind.ERROR).toList());
            }
        }
        final Map<String, byte[]> classes = new HashMap<>();
        out.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    /**
     * @param mutant to be made
     * @return a loader of everything of the product anew, the mutant's classes in place of the real ones
     */
    ClassLoader load(final Mutant mutant)
    {
        return new Loader(compile(mutant));
    }

    @Override
    public void close() throws IOException
    {
        standard.close();
    }

    private Map<String, String> edited(final Mutant mutant)
    {
        final Map<String, String> texts = new HashMap<>();
        for (final Mutant.Edit edit : mutant.edits())
        {
            final String text = texts.computeIfAbsent(edit.file(), this::source);
            final int at = text.indexOf(edit.before());
            if (at < 0 || text.indexOf(edit.before(), at + 1) >= 0)
            {
                throw new IllegalStateException("mutant '" + mutant.name() + "': its place stands " +
                    (at < 0 ? "nowhere" : "more than once") + " in " + edit.file() + ", change the mutant with the source: " +
                    edit.before());
            }
            texts.put(edit.file(), text.substring(0, at) + edit.after() + text.substring(at + edit.before().length()));
        }
        return texts;
    }

    private String source(final String file)
    {
        for (final Path root : sources)
        {
            final Path path = root.resolve(ROOT + file + ".java");
            if (Files.exists(path))
            {
                try
                {
                    return Files.readString(path);
                }
                catch (final IOException ex)
                {
                    throw new IllegalStateException(path + " cannot be read", ex);
                }
            }
        }
        throw new IllegalStateException("there is no source " + file + " in " + sources);
    }

    private static final class Source extends SimpleJavaFileObject
    {
        private final String text;

        private Source(final String file, final String text)
        {
            super(URI.create("string:///" + ROOT + file + ".java"), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(final boolean ignoreEncodingErrors)
        {
            return text;
        }
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

    private static final class Loader extends ClassLoader
    {
        private final Map<String, byte[]> mutated;

        private Loader(final Map<String, byte[]> mutated)
        {
            super(MutantCompiler.class.getClassLoader());
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
