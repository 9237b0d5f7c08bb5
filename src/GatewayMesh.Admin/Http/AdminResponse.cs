using System.Buffers;
using System.Text;
using System.Text.Json;

namespace GatewayMesh.Admin.Http;

/// <summary>A response of the admin address, created by the server or received by the client.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Media type.</param>
/// <param name="Body">Body.</param>
public sealed record AdminResponse(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>True for 2xx.</summary>
    public bool IsSuccess => Status is >= 200 and <= 299;

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>Creates a plain text response.</summary>
    public static AdminResponse OfText(int status, string text) => new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    /// <summary>Creates a JSON response written by <paramref name="write"/>.</summary>
    public static AdminResponse OfJson(int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            write(json);
        }

        return new AdminResponse(status, "application/json", buffer.WrittenMemory);
    }

    /// <summary>Creates an error response: <c>{"error": …, "detail": …}</c>.</summary>
    public static AdminResponse OfError(int status, string error, string detail) => OfJson(status, json =>
    {
        json.WriteStartObject();
        json.WriteString("error", error);
        json.WriteString("detail", detail);
        json.WriteEndObject();
    });
}
