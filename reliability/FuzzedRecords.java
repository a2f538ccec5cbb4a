// SPDX-License-Identifier: Apache-2.0
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;

/** Lines that look like records of the columns host, value and force; none is blank. */
final class FuzzedRecords {
  private static final List<String> ODD =
      List.of(
          "", " ", "NaN", "nan", "Infinity", "-inf", "1e999", "1e-999", "0x1p3", "1,5", "--1", "+1",
          "1.", ".5", "-0", "1e", "null", "NA", "true", "\"", "\"\"", "\"a\"b\"", "\"1\"", "'1'", "١",
          "1 2", "1\u00a0000", "\\", "\\u0000", "\u0000", "\ufeff1", "\u2028", "🙂", "{}", "[1]", "[",
          "99999999999999999999999999", "1_000", "#", "=1+1", "\t", "\r", "1\r", "0".repeat(400));
  private static final List<String> ODD_JSON =
      List.of(
          "null", "true", "{}", "[]", "[1,2]", "\"5\"", "\"\"", "-", "01", "1.", ".5", "1e", "1e999",
          "-0", "NaN", "Infinity", "\"\\ud800\"", "\"\\u0000\"", "\"\\x\"", "\"", "'1'", "/**/1",
          "1e-999999999999", "9".repeat(400), "{\"value\":1}", "\"\u0001\"", "+1", "0x10", "");

  private final Random random;
  private final boolean json;

  FuzzedRecords(Random random, boolean json) {
    this.random = random;
    this.json = json;
  }

  private boolean oneOf(int n) {
    return random.nextInt(n) == 0;
  }

  private <T> T any(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  /** The line that names the columns; empty where there is none. */
  static String header(boolean json) {
    return json ? "" : "host,value,force\n";
  }

  /** A record that can be used, without its line break. */
  byte[] sound() {
    String host = "h" + random.nextInt(5);
    double value = random.nextGaussian();
    double force = random.nextGaussian();
    return (json
            ? "{\"host\":\"%s\",\"value\":%s,\"force\":%s}".formatted(host, value, force)
            : "%s,%s,%s".formatted(host, value, force))
        .getBytes(UTF_8);
  }

  /** One that perhaps cannot, likewise. */
  byte[] bytes() {
    byte[] line =
        switch (random.nextInt(6)) {
          case 0 -> sound();
          case 1 -> noise();
          default -> (json ? object() : fields()).getBytes(UTF_8);
        };
    for (int changes = oneOf(3) ? 1 + random.nextInt(3) : 0; changes > 0; changes--) {
      line = changed(line);
    }
    return oneLine(line);
  }

  private byte[] noise() {
    byte[] noise = new byte[oneOf(2000) ? 1_200_000 : oneOf(100) ? 70_000 : random.nextInt(60)];
    random.nextBytes(noise);
    return noise;
  }

  private String fields() {
    var line = new StringBuilder();
    int fields = oneOf(8) ? random.nextInt(8) : 3;
    for (int i = 0; i < fields; i++) {
      String field = i == 0 ? "h" + random.nextInt(9) : Double.toString(random.nextGaussian());
      field = oneOf(4) ? any(ODD) : field;
      line.append(i == 0 ? "" : oneOf(40) ? ";" : ",");
      line.append(oneOf(8) ? '"' + field.replace("\"", "\"\"") + '"' : field);
    }
    return line.toString();
  }

  private String object() {
    var line = new StringBuilder(oneOf(40) ? "" : "{");
    List<String> names = List.of("host", "value", "force", "extra", "", "h\\u006fst", "\\ud83d");
    int members = oneOf(8) ? random.nextInt(9) : 3;
    for (int i = 0; i < members; i++) {
      String value = i == 0 ? "\"h" + random.nextInt(9) + '"' : "" + random.nextGaussian();
      value = oneOf(4) ? any(ODD_JSON) : value;
      if (oneOf(60)) {
        int depth = random.nextInt(5000);
        value = (oneOf(2) ? "[" : "{\"a\":").repeat(depth) + (oneOf(2) ? "]".repeat(depth) : "");
      }
      line.append(i == 0 ? "" : oneOf(40) ? ",," : ",").append('"');
      line.append(members == 3 && !oneOf(10) ? names.get(i) : any(names));
      line.append(oneOf(40) ? "\"=" : "\":").append(value);
    }
    return line.append(oneOf(40) ? "" : "}").append(oneOf(40) ? any(ODD_JSON) : "").toString();
  }

  private byte[] changed(byte[] line) {
    int at = random.nextInt(line.length + 1);
    int rest = Math.min(line.length, at + random.nextInt(4));
    var out = new ByteArrayOutputStream();
    out.write(line, 0, at);
    if (oneOf(2)) {
      out.write(oneOf(2) ? random.nextInt() : "\",;:{}[]\\\r0.e-".charAt(random.nextInt(14)));
    }
    out.write(line, rest, line.length - rest);
    return out.toByteArray();
  }

  /** What is one line, and not a blank one, which would be no record. */
  private static byte[] oneLine(byte[] line) {
    boolean blank = true;
    for (int i = 0; i < line.length; i++) {
      line[i] = line[i] == '\n' ? (byte) ' ' : line[i];
      blank &= line[i] > 0 && line[i] <= ' ';
    }
    return blank ? new byte[] {'x'} : line;
  }
}
