// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.html;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.RunSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** A page about runs, in one file. */
public final class ReportPage {
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
    var data = new Data(runs, RunSettings.side(runs.stream().map(RunView::settings).toList()));
    return Page.of(own("report.html"), title + " · Unspool", data, own("report.js"), "").html();
  }

  private static String own(String name) {
    return Page.resource(ReportPage.class, name);
  }
}
