using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GatewayMesh.Admin.Documents;

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

    /// <summary>Creates a JSON response with <paramref name="document"/>.</summary>
    public static AdminResponse OfDocument<T>(int status, T document, JsonTypeInfo<T> type) =>
        new(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(document, type));

    /// <summary>Creates an error response.</summary>
    public static AdminResponse OfError(int status, string error, string detail) =>
        OfDocument(status, new AdminError(error, detail), AdminJson.Default.AdminError);
}
