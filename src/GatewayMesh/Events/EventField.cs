using System.Globalization;
using System.Text.Json;

namespace GatewayMesh.Events;

/// <summary>A further field of an event: text, number or truth value.</summary>
/// <param name="Name">Its name; not one of the fixed ones.</param>
/// <param name="Value">A string, integer, floating-point number, boolean, time span (written in milliseconds) or null; anything else as its text.</param>
public readonly record struct EventField(string Name, object? Value)
{
    /// <summary>So that a field can be written as <c>("pid", 4711)</c>.</summary>
    public static implicit operator EventField((string Name, object? Value) pair) => new(pair.Name, pair.Value);

    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WritePropertyName(Name);
        switch (Value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case TimeSpan span:
                json.WriteNumberValue(span.TotalMilliseconds);
                break;
            default:
                json.WriteStringValue(Convert.ToString(Value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
