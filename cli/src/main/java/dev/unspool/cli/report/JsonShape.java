// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether JSON has everything that a record needs, in the right type. Gson does not ask: it fills
 * what is missing with null or 0, whatever the type says. Only what is {@link Nullable} or {@link
 * SaidLater} may be missing; so that is how a record is extended by what earlier files do not have.
 */
final class JsonShape {
  private JsonShape() {}

  /**
   * Refuses JSON that lacks something.
   *
   * @param what name of the value in the file, empty for the whole of it
   * @throws IllegalArgumentException with the place, what was found and what was expected
   */
  static void require(JsonElement json, Class<?> type, String what) {
    if (type.isRecord()) {
      requireRecord(json, type, what);
    } else if (type == int.class || type == Integer.class) {
      requireWhole(json, Integer.MIN_VALUE, Integer.MAX_VALUE, what);
    } else if (type == long.class || type == Long.class) {
      requireWhole(json, Long.MIN_VALUE, Long.MAX_VALUE, what);
    } else if (type == double.class || type == Double.class) {
      requirePrimitive(json, value -> value.isNumber() && isFinite(value), what, "a finite number");
    } else if (type == boolean.class || type == Boolean.class) {
      requirePrimitive(json, JsonPrimitive::isBoolean, what, "true or false");
    } else if (type == char.class) {
      requirePrimitive(
          json,
          value -> value.isString() && value.getAsString().length() == 1,
          what,
          "one character");
    } else if (type == String.class || type.isEnum()) {
      requirePrimitive(json, JsonPrimitive::isString, what, "a text");
    }
  }

  private static void requireRecord(JsonElement json, Class<?> type, String what) {
    JsonObject members = object(json, what);
    for (RecordComponent component : type.getRecordComponents()) {
      String name = Json.name(component);
      if (!members.has(name) && component.isAnnotationPresent(SaidLater.class)) {
        continue;
      }
      requireType(
          members.get(name),
          component.getAnnotatedType(),
          what.isEmpty() ? name : what + "." + name);
    }
  }

  private static void requireType(@Nullable JsonElement json, AnnotatedType type, String what) {
    if (json == null || json.isJsonNull()) {
      if (!type.isAnnotationPresent(Nullable.class)) {
        throw new IllegalArgumentException("'%s' is missing".formatted(what));
      }
    } else if (type instanceof AnnotatedArrayType array) {
      requireAll(json, array.getAnnotatedGenericComponentType(), what);
    } else if (type instanceof AnnotatedParameterizedType generic) {
      AnnotatedType[] arguments = generic.getAnnotatedActualTypeArguments();
      Type raw = ((ParameterizedType) generic.getType()).getRawType();
      if (raw == List.class) {
        requireAll(json, arguments[0], what);
      } else if (raw == Map.class) {
        object(json, what)
            .entrySet()
            .forEach(
                entry -> requireType(entry.getValue(), arguments[1], what + "." + entry.getKey()));
      }
    } else if (type.getType() instanceof Class<?> simple) {
      require(json, simple, what);
    }
  }

  private static void requireAll(JsonElement json, AnnotatedType type, String what) {
    if (!(json instanceof JsonArray array)) {
      throw wrong(json, what, "a list");
    }
    for (int i = 0; i < array.size(); i++) {
      requireType(array.get(i), type, "%s[%s]".formatted(what, i));
    }
  }

  private static JsonObject object(JsonElement json, String what) {
    if (!(json instanceof JsonObject object)) {
      throw wrong(json, what, "an object");
    }
    return object;
  }

  private static void requireWhole(JsonElement json, long least, long most, String what) {
    requirePrimitive(
        json,
        value -> value.isNumber() && isWhole(value, least, most),
        what,
        "a whole number from %s to %s".formatted(least, most));
  }

  private static boolean isWhole(JsonPrimitive value, long least, long most) {
    try {
      long whole = new BigDecimal(value.getAsString()).longValueExact();
      return whole >= least && whole <= most;
    } catch (ArithmeticException | NumberFormatException _) {
      return false;
    }
  }

  private static boolean isFinite(JsonPrimitive value) {
    try {
      return Double.isFinite(Double.parseDouble(value.getAsString()));
    } catch (NumberFormatException _) {
      return false;
    }
  }

  /** What a primitive value must be. */
  private interface Condition {
    boolean holds(JsonPrimitive value);
  }

  private static void requirePrimitive(
      JsonElement json, Condition condition, String what, String expected) {
    if (!(json instanceof JsonPrimitive value) || !condition.holds(value)) {
      throw wrong(json, what, expected);
    }
  }

  private static IllegalArgumentException wrong(JsonElement json, String what, String expected) {
    return new IllegalArgumentException(
        "%s is %s, expected %s"
            .formatted(
                what.isEmpty() ? "its content" : "'" + what + "'",
                Json.shortened(json.toString()),
                expected));
  }
}
