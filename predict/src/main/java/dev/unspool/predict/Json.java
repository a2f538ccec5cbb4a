// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON (RFC 8259), strictly: objects are maps in their order, arrays lists, numbers doubles. A
 * service should need no library for a file that it reads once.
 */
final class Json {
  /** Deeper than anything that is written. */
  private static final int DEEPEST = 64;

  private static final int LINE = 100;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /**
   * Reads a document.
   *
   * @throws IllegalArgumentException if it is none; the message says where
   */
  static @Nullable Object parse(String text) {
    var json = new Json(text);
    Object value = json.value(0);
    json.blanks();
    if (json.at < text.length()) {
      throw json.wrong("the end");
    }
    return value;
  }

  private @Nullable Object value(int depth) {
    if (depth > DEEPEST) {
      throw wrong("at most %s levels".formatted(DEEPEST));
    }
    blanks();
    switch (peek()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return string();
      case 't':
        return word("true", true);
      case 'f':
        return word("false", false);
      case 'n':
        return word("null", null);
      default:
        return number();
    }
  }

  private Map<String, @Nullable Object> object(int depth) {
    var members = new LinkedHashMap<String, @Nullable Object>();
    for (boolean more = opens('}'); more; more = goesOn('}')) {
      blanks();
      String name = string();
      blanks();
      expect(':');
      if (members.containsKey(name)) {
        throw wrong("no second '%s'".formatted(name));
      }
      members.put(name, value(depth + 1));
    }
    return members;
  }

  private List<@Nullable Object> array(int depth) {
    var elements = new ArrayList<@Nullable Object>();
    for (boolean more = opens(']'); more; more = goesOn(']')) {
      elements.add(value(depth + 1));
    }
    return elements;
  }

  /** Goes into an object or array; whether there is something in it. */
  private boolean opens(char end) {
    at++;
    blanks();
    if (peek() != end) {
      return true;
    }
    at++;
    return false;
  }

  private boolean goesOn(char end) {
    blanks();
    if (peek() == ',') {
      at++;
      return true;
    }
    expect(end);
    return false;
  }

  private String string() {
    expect('"');
    var result = new StringBuilder();
    while (peek() != '"') {
      char c = text.charAt(at++);
      if (c < ' ') {
        throw wrong("no control character in a string");
      }
      result.append(c == '\\' ? escaped() : c);
    }
    at++;
    return result.toString();
  }

  private char escaped() {
    char c = peek();
    at++;
    switch (c) {
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u':
        if (at + 4 > text.length()) {
          throw wrong("four hexadecimal digits");
        }
        at += 4;
        return (char) Integer.parseInt(text, at - 4, at, 16);
      case '"', '\\', '/':
        return c;
      default:
        throw wrong("an escape sequence");
    }
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    if (!text.startsWith(word, at)) {
      throw wrong("a value");
    }
    at += word.length();
    return value;
  }

  private Double number() {
    int from = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String digits = text.substring(from, at);
    if (!digits.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
      at = from;
      throw wrong("a value");
    }
    return Double.valueOf(digits);
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw wrong("more");
    }
    return text.charAt(at);
  }

  private void expect(char c) {
    if (peek() != c) {
      throw wrong("'" + c + "'");
    }
    at++;
  }

  private IllegalArgumentException wrong(String expected) {
    String found = at >= text.length() ? "the end" : "'" + text.charAt(at) + "'";
    return new IllegalArgumentException(
        "not JSON: found %s at character %s, expected %s".formatted(found, at, expected));
  }

  /** Writes a document: what is short in one line, everything else a line an element. */
  static String write(@Nullable Object value) {
    var text = new StringBuilder();
    write(value, 0, text);
    return text.append('\n').toString();
  }

  private static void write(@Nullable Object value, int indent, StringBuilder into) {
    String line = line(value);
    if (indent + line.length() <= LINE) {
      into.append(line);
    } else if (value instanceof Map<?, ?> map) {
      String separator = "{";
      for (Map.Entry<?, ?> member : map.entrySet()) {
        newLine(into.append(separator), indent + 2);
        into.append(quoted(String.valueOf(member.getKey()))).append(": ");
        write(member.getValue(), indent + 2, into);
        separator = ",";
      }
      newLine(into, indent);
      into.append('}');
    } else if (value instanceof List<?> list) {
      String separator = "[";
      for (Object element : list) {
        newLine(into.append(separator), indent + 2);
        write(element, indent + 2, into);
        separator = ",";
      }
      newLine(into, indent);
      into.append(']');
    } else {
      into.append(line);
    }
  }

  private static void newLine(StringBuilder into, int indent) {
    into.append('\n').append(" ".repeat(indent));
  }

  /** A document in one line. */
  static String line(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      var members = new ArrayList<String>();
      map.forEach(
          (name, member) -> members.add(quoted(String.valueOf(name)) + ": " + line(member)));
      return "{" + String.join(", ", members) + "}";
    }
    if (value instanceof List<?> list) {
      var elements = new ArrayList<String>();
      list.forEach(element -> elements.add(line(element)));
      return "[" + String.join(", ", elements) + "]";
    }
    if (value instanceof Double number) {
      return number(number);
    }
    if (value instanceof Float number) {
      return number(number.doubleValue());
    }
    return value == null || value instanceof Number || value instanceof Boolean
        ? String.valueOf(value)
        : quoted(value.toString());
  }

  /** What JSON has no number for is a string. */
  private static String number(double value) {
    if (!Double.isFinite(value)) {
      return quoted(Double.toString(value));
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
    return whole && Double.compare(value, -0.0) != 0
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private static String quoted(String text) {
    var quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u00").append(Integer.toHexString(256 + c).substring(1));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /** The same in lower case, whatever the language of the machine. */
  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
