// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.cli.run.UsageException;
import dev.unspool.data.NumberText;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * JSON names no columns: whether they are there is seen in the records alone. Among the first ones,
 * each column must be in one.
 */
public final class ColumnWatch {
  private static final int PATIENCE = 100;
  private static final String SETTLED = "columns";

  private final Consumer<String> remarks;

  /** Columns that no record has had so far. */
  private final Set<String> unseen;

  private long looked;
  private boolean settled;

  /**
   * A watch.
   *
   * @param about what {@link #about} said when the stream ended before; empty at its beginning
   * @param remarks takes what people should know
   */
  public ColumnWatch(StreamColumns columns, Map<String, String> about, Consumer<String> remarks) {
    this.unseen = new HashSet<>(columns.all());
    this.settled = about.containsKey(SETTLED);
    this.remarks = remarks;
  }

  /**
   * Looks at a record that was just read, and does not count as consumed yet.
   *
   * @throws UsageException if a column is in none of so many; then it is not to be consumed
   */
  public void look(RecordForm form, Observation record) {
    if (settled || record.problem != null || !(form instanceof JsonForm json)) {
      return;
    }
    looked++;
    unseen.retainAll(json.unseen());
    if (unseen.isEmpty()) {
      settled = true;
    } else if (looked == 1) {
      remarks.accept(
          "record %s has no '%s'; if the next %s have none either, this ends"
              .formatted(record.number, String.join("', '", sorted()), PATIENCE - 1));
    } else if (looked == PATIENCE) {
      throw new UsageException(
          "no record of %s has '%s'; the newest is %s"
              .formatted(
                  PATIENCE,
                  String.join("', '", sorted()),
                  NumberText.shown(
                      new String(record.text, record.from, record.to - record.from, UTF_8))));
    }
  }

  private List<String> sorted() {
    return unseen.stream().sorted().toList();
  }

  /** What is to be known of it when the stream goes on. */
  public Map<String, String> about() {
    return settled ? Map.of(SETTLED, "seen") : Map.of();
  }
}
