using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>
/// Source-generated reading and writing of the admin documents. Only metadata: what a process does not read or write costs it nothing.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(ConfigDocument))]
[JsonSerializable(typeof(CertificatesDocument))]
[JsonSerializable(typeof(EndpointStatus[]))]
[JsonSerializable(typeof(ExplainDocument))]
[JsonSerializable(typeof(IntentionDocument))]
[JsonSerializable(typeof(DrainOrder))]
[JsonSerializable(typeof(AdminError))]
public sealed partial class AdminJson : JsonSerializerContext;
