// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.judge.HorizonFigures;
import dev.unspool.cli.report.Numbers;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How far ahead forecasts were judged. */
public final class Reach {
  private Reach() {}

  /**
   * Why they were not judged as far ahead as somebody wanted; null if they were, or if it was said
   * already that the next inputs are unknown.
   *
   * @param asked rows ahead
   */
  public static @Nullable String shorter(CsvConfig table, Figures figures, int asked) {
    if (!(figures.test() instanceof Figures.Series test)) {
      return "Nothing is judged by how far ahead: the run has no test part";
    }
    int reached =
        test.targets().values().stream()
            .flatMap(target -> Stream.ofNullable(target.horizons()).flatMap(List::stream))
            .mapToInt(HorizonFigures::horizon)
            .max()
            .orElse(0);
    List<Integer> said = table.output().horizons();
    boolean next = said.equals(List.of(1));
    boolean unknown = next && !table.targets().containsAll(table.inputs());
    if (reached >= asked || (unknown && reached == 1)) {
      return null;
    }
    return "Forecasts are judged up to %s ahead, not %s: %s"
        .formatted(
            Numbers.count(reached, "row"),
            asked,
            !next && reached == table.horizon()
                ? "the model says %s ahead directly, and does not go on from there"
                    .formatted(rows(said))
                : "the held-out parts are no longer");
  }

  private static String rows(List<Integer> said) {
    boolean all = said.getLast() - said.getFirst() == said.size() - 1 && said.size() > 2;
    return all
        ? "%s to %s rows".formatted(said.getFirst(), said.getLast())
        : said.stream().map(Objects::toString).collect(Collectors.joining(", "))
            + (said.equals(List.of(1)) ? " row" : " rows");
  }
}
