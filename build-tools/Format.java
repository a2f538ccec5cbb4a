// SPDX-License-Identifier: Apache-2.0
import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs google-java-format over every Java file of the project; started by Maven, see the parent
 * POM.
 *
 * <p>{@code check} names the files that are not formatted and ends with status 1, {@code fix}
 * rewrites them.
 */
final class Format {
  private static final String COMMAND = "mvn -q -N process-sources -Pformat";

  private final Formatter formatter = new Formatter(JavaFormatterOptions.defaultOptions());

  public static void main(String[] args) throws IOException {
    boolean fix = args[0].equals("fix");
    Path root = Path.of(args[1]);
    List<Path> wrong = new Format().run(root, fix);
    if (wrong.isEmpty()) {
      return;
    }
    wrong.forEach(file -> System.err.println((fix ? "formatted: " : "not formatted: ") + file));
    if (!fix) {
      System.err.println("To format all files, run: " + COMMAND);
      System.exit(1);
    }
  }

  private List<Path> run(Path root, boolean fix) throws IOException {
    List<Path> files;
    try (Stream<Path> modules = Files.list(root)) {
      files = modules.flatMap(Format::sources).toList();
    }
    return files.parallelStream()
        .filter(file -> !isFormatted(file, fix))
        .map(root::relativize)
        .sorted()
        .toList();
  }

  private static Stream<Path> sources(Path module) {
    boolean flat = module.endsWith("build-tools") || module.endsWith("examples");
    Path sources = flat ? module : module.resolve("src");
    if (!Files.isDirectory(sources)) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.walk(sources)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.startsWith(module.resolve("target")))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isFormatted(Path file, boolean fix) {
    try {
      String before = Files.readString(file);
      String ordered =
          ImportOrderer.reorderImports(
              RemoveUnusedImports.removeUnusedImports(before), JavaFormatterOptions.Style.GOOGLE);
      String after = formatter.formatSource(ordered);
      if (fix && !after.equals(before)) {
        Files.writeString(file, after);
      }
      return after.equals(before);
    } catch (FormatterException e) {
      System.err.println(file + ": " + e.getMessage());
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
