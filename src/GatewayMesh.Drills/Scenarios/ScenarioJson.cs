using System.Text;
using System.Text.Json;

namespace GatewayMesh.Drills.Scenarios;

/// <summary>JSON lines of the command <c>scenario</c>: objects of text.</summary>
internal static class ScenarioJson
{
    /// <summary>Returns an object with these members on one line.</summary>
    public static string Line(IEnumerable<(string Name, string Value)> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in members)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
