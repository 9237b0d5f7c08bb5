using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>The body of <c>POST /drain</c>. An empty body drains.</summary>
/// <param name="Undo">True to return the node to the mesh. Default: false.</param>
public sealed record DrainOrder([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Undo = false)
{
    private static readonly AdminJson OnOneLine = new(new JsonSerializerOptions(AdminJson.Default.Options) { WriteIndented = false });

    /// <summary>The text of the body.</summary>
    public string ToText() => JsonSerializer.Serialize(this, OnOneLine.DrainOrder);

    /// <summary>Reads a body. A body that is not an order drains.</summary>
    public static DrainOrder Read(ReadOnlySpan<byte> body) => DocumentReader.Read(body, AdminJson.Default.DrainOrder) ?? new DrainOrder();
}
