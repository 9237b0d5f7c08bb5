using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>The certificate of a service. Without a certificate, the members from <c>id</c> to <c>daysLeft</c> are absent.</summary>
public sealed record IdentityStatus : DocumentPart
{
    /// <summary>Name of the service.</summary>
    public string Service { get; set; } = "";

    /// <summary><c>valid</c>, <c>ending</c>, <c>expired</c>, <c>not-yet-valid</c> or <c>missing</c>.</summary>
    public string State { get; set; } = "";

    /// <summary>SPIFFE id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; set; }

    /// <summary>Serial number, in hexadecimal digits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Serial { get; set; }

    /// <summary>Issuer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Issuer { get; set; }

    /// <summary>Start of validity.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>End of validity.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? NotAfter { get; set; }

    /// <summary>Time until expiry, in whole seconds; negative after expiry.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? SecondsLeft { get; set; }

    /// <summary>Time until expiry, in days.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? DaysLeft { get; set; }

    /// <summary>File with a copy of certificate and key for applications, or null.</summary>
    public string? ClientFile { get; set; }

    /// <summary>Reason why the certificate cannot be renewed now, or null.</summary>
    public string? Trouble { get; set; }
}
