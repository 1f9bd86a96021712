package io.syncline.tools;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the files around this module are, whatever directory the tests run in. */
final class Repository
{
    private Repository()
    {
    }

    /**
     * @param path from the top of the repository
     * @return the file's path
     */
    static Path file(final String path)
    {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("tools/bin/jvm.flags")))
        {
            top = top.getParent();
        }
        return top.resolve(path);
    }
}
