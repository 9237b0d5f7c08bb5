using System.Globalization;
using System.Text.Json;

namespace GatewayMesh.Events;

/// <summary>An additional field of an event.</summary>
/// <param name="Name">Name; must differ from the fixed fields.</param>
/// <param name="Value">A string, number, boolean, time span (written in milliseconds) or null; anything else is written as text.</param>
public readonly record struct EventField(string Name, object? Value)
{
    /// <summary>Converts a tuple such as <c>("pid", 4711)</c> to a field.</summary>
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
