using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>A synthetic request through a guard's tunnel.</summary>
public sealed record ExerciseStatus : DocumentPart
{
    /// <summary>True if the gateway answered.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Ok { get; set; }

    /// <summary>Age of the request, in seconds.</summary>
    public double AgeSeconds { get; set; }

    /// <summary>Error of the request, or null.</summary>
    public string? Error { get; set; }
}
