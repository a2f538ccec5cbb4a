// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.html;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.cli.report.Json;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.RunSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A page about runs in one file: markup, style, scripts and data. A policy in its head forbids
 * everything that is not in it, whatever names of columns or files may try: it names the hash of
 * each of our scripts and styles, and no other source.
 */
public final class ReportPage {
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

  /**
   * What the page draws.
   *
   * @param runs as they were named
   * @param settings of all, side by side
   */
  private record Data(List<RunView> runs, List<RunSettings.Difference> settings) {}

  private final List<RunView> runs;

  private ReportPage(List<RunView> runs) {
    this.runs = runs;
  }

  /**
   * Looks into folders.
   *
   * @param folders at least one
   * @throws IOException with one line, if one of them holds no run or one whose configuration is
   *     damaged
   */
  public static ReportPage of(List<Path> folders) throws IOException {
    List<String> names = names(folders);
    var runs = new ArrayList<RunView>();
    for (int i = 0; i < folders.size(); i++) {
      runs.add(RunView.read(names.get(i), RunFolder.open(folders.get(i))));
    }
    return new ReportPage(runs);
  }

  /** Last names of the folders; where that does not tell them apart, all as they were given. */
  private static List<String> names(List<Path> folders) {
    List<String> names =
        folders.stream()
            .map(folder -> Objects.toString(folder.toAbsolutePath().normalize().getFileName(), "/"))
            .toList();
    boolean distinct = new HashSet<>(names).size() == names.size();
    return distinct ? names : folders.stream().map(Path::toString).toList();
  }

  /** What the page leaves out, a line each, for whoever asked for it. */
  public List<String> doubts() {
    return runs.stream()
        .flatMap(run -> run.doubts().stream().map(doubt -> run.name() + ": " + doubt))
        .toList();
  }

  /** Whether a file is such a page, and may be replaced by another. */
  public static boolean isOne(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    String begin = own("report.html").lines().limit(2).collect(Collectors.joining("\n"));
    byte[] expected = begin.getBytes(UTF_8);
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(expected, in.readNBytes(expected.length));
    }
  }

  /** The page, the same bytes wherever it is made. */
  public String html() {
    String title = String.join(", ", runs.stream().map(RunView::name).toList());
    String style = uplot("dist/uPlot.min.css") + "\n" + own("report.css");
    String library = "/*\n" + uplot("LICENSE") + "*/\n" + uplot("dist/uPlot.iife.min.js");
    String script = own("chart.js") + own("report.js");
    var data = new Data(runs, RunSettings.side(runs.stream().map(RunView::settings).toList()));
    return filled(
        own("report.html"),
        Map.of(
            "title",
            escaped(title + " · Unspool"),
            "policy",
            "default-src 'none'; style-src '%s'; script-src '%s' '%s'; base-uri 'none'; form-action 'none'"
                .formatted(hash(style), hash(library), hash(script)),
            "style",
            style,
            "data",
            harmless(Json.line(data)),
            "library",
            library,
            "script",
            script));
  }

  /** In one pass: what is filled in is not looked at again. */
  private static String filled(String template, Map<String, String> values) {
    return PLACE
        .matcher(template)
        .replaceAll(
            place ->
                Matcher.quoteReplacement(
                    Objects.requireNonNull(values.get(place.group(1)), place.group(1))));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** JSON in which no parser of HTML finds an end or a comment. */
  private static String harmless(String json) {
    return json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e");
  }

  private static String hash(String content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // each Java has it
    }
  }

  private static String own(String name) {
    return read(ReportPage.class.getResourceAsStream(name), name);
  }

  private static String uplot(String name) {
    ClassLoader loader = ReportPage.class.getClassLoader();
    var about = new Properties();
    String properties = "META-INF/maven/org.webjars.npm/uplot/pom.properties";
    try (InputStream in = loader.getResourceAsStream(properties)) {
      about.load(Objects.requireNonNull(in, properties));
    } catch (IOException e) {
      throw new AssertionError(e); // it is in our own jars
    }
    String path =
        "META-INF/resources/webjars/uplot/%s/%s".formatted(about.getProperty("version"), name);
    return read(loader.getResourceAsStream(path), path);
  }

  private static String read(InputStream content, String name) {
    try (InputStream in = Objects.requireNonNull(content, name)) {
      return new String(in.readAllBytes(), UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new AssertionError(e); // it is in our own jars
    }
  }
}
