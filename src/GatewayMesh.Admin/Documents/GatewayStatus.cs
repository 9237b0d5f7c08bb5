using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>A gateway as a guard sees it.</summary>
public sealed record GatewayStatus : DocumentPart
{
    /// <summary>Node of the gateway.</summary>
    public string Node { get; set; } = "";

    /// <summary>Address of the gateway.</summary>
    public string Address { get; set; } = "";

    /// <summary><c>answers</c> or <c>silent</c>.</summary>
    public string State { get; set; } = "";

    /// <summary>Last synthetic request; absent when there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExerciseStatus? LastExercise { get; set; }
}
