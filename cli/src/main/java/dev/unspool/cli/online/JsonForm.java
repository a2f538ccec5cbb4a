// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.data.NumberText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record is one JSON object on a line (RFC 8259, strictly). Its members are the columns; one that
 * is null or not there is a missing number. Members that nobody asks for may be anything.
 */
final class JsonForm implements RecordForm {
  private final StreamColumns columns;
  private final byte[][] names;
  private final int[] number;
  private final int[] time;
  private final int key;
  private final boolean[] seen;
  private final JsonText json = new JsonText();

  JsonForm(StreamColumns columns) {
    List<String> all = columns.all();
    this.columns = columns;
    this.names = all.stream().map(name -> name.getBytes(UTF_8)).toArray(byte[][]::new);
    this.number = all.stream().mapToInt(columns.numbers()::indexOf).toArray();
    this.time = all.stream().mapToInt(columns.time()::indexOf).toArray();
    this.key = columns.key() == null ? -1 : all.indexOf(columns.key());
    this.seen = new boolean[names.length];
  }

  @Override
  public @Nullable String read(byte[] text, int from, int to, Observation into) {
    Arrays.fill(seen, false);
    try {
      String problem = members(text, from, to, into);
      return problem != null ? problem : missing();
    } catch (JsonText.Malformed e) {
      return e.getMessage();
    }
  }

  private @Nullable String missing() {
    if (key >= 0 && !seen[key]) {
      return "there is no '%s', expected the record's key".formatted(columns.key());
    }
    for (int i = 0; i < names.length; i++) {
      if (time[i] >= 0 && !seen[i]) {
        return "there is no '%s', expected a time".formatted(new String(names[i], UTF_8));
      }
    }
    return null;
  }

  private @Nullable String members(byte[] text, int from, int to, Observation into)
      throws JsonText.Malformed {
    json.over(text, from, to);
    json.expect('{', "an object");
    String problem = null;
    if (!json.skips('}')) {
      do {
        json.string();
        int column = column();
        json.expect(':', "a colon");
        if (column < 0) {
          json.skipValue();
          continue;
        }
        String name = new String(names[column], UTF_8);
        if (seen[column]) {
          problem = problem != null ? problem : "'%s' is there twice".formatted(name);
        }
        seen[column] = true;
        String found = take(column, name, into);
        problem = problem != null ? problem : found;
      } while (json.skips(','));
      json.expect('}', "a comma or the end of the object");
    }
    json.requireEnd();
    return problem;
  }

  private int column() {
    for (int i = 0; i < names.length; i++) {
      if (json.isText(names[i])) {
        return i;
      }
    }
    return -1;
  }

  private @Nullable String take(int column, String name, Observation into)
      throws JsonText.Malformed {
    JsonText.Kind kind = json.value();
    if (kind == JsonText.Kind.NULL) {
      return number[column] >= 0
          ? null
          : "'%s' is null, expected %s".formatted(name, column == key ? "the key" : "a time");
    }
    boolean isText = kind == JsonText.Kind.STRING || kind == JsonText.Kind.NUMBER;
    if (time[column] >= 0 && isText) {
      into.time[time[column]] = json.text().strip();
    }
    if (column == key && isText) {
      into.key = json.text();
      if (into.key.isEmpty()) {
        return "'%s' is empty, expected the record's key".formatted(name);
      }
    }
    if (number[column] < 0) {
      return isText
          ? null
          : "'%s' is %s, expected a text or a number".formatted(name, kind.described());
    }
    if (kind != JsonText.Kind.NUMBER) {
      return "'%s' is %s, expected a number".formatted(name, kind.described());
    }
    double value = json.number();
    if (Double.isInfinite(value)) {
      return NumberText.problem(name, json.text(), value, '.');
    }
    into.numbers[number[column]] = value;
    return null;
  }

  /** Names of the columns that the record which was read last does not have. */
  List<String> unseen() {
    var unseen = new ArrayList<String>();
    for (int i = 0; i < names.length; i++) {
      if (!seen[i]) {
        unseen.add(new String(names[i], UTF_8));
      }
    }
    return unseen;
  }
}
