using System.Text;
using System.Text.Json;

namespace GatewayMesh.Terminal.Output;

/// <summary>JSON text for a command's output.</summary>
public static class JsonText
{
    private static readonly JsonWriterOptions Options = new() { Indented = true };

    /// <summary>Returns the indented JSON produced by <paramref name="write"/>.</summary>
    public static string Of(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
