using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>Counts readings of a key set, and logs the first failure and the end of failures.</summary>
internal sealed class JwksEvents(MeshMetrics metrics, ILogger log)
{
    private static readonly Action<ILogger, string, string, Exception?> Failed = LoggerMessage.Define<string, string>(
        LogLevel.Warning,
        new EventId(30, "jwks_failed"),
        "The keys of {Source} could not be read: {Because}. The keys read before stay in use.");

    private static readonly Action<ILogger, string, int, Exception?> Read = LoggerMessage.Define<string, int>(
        LogLevel.Information, new EventId(31, "jwks_read"), "{Keys} keys were read from {Source}.");

    private string? _last;

    /// <summary>Records a reading.</summary>
    /// <param name="model">The source.</param>
    /// <param name="fault">Reason of a failure; null for success.</param>
    /// <param name="keys">Number of usable keys, if they have changed; otherwise −1.</param>
    public void Record(JwksModel model, string? fault, int keys)
    {
        var source = model.Url.Length > 0 ? model.Url : model.File.Length > 0 ? model.File : "the policy";
        metrics.CountJwksRead(fault is null ? "ok" : "failed");
        if (fault is not null && fault != _last)
        {
            Failed(log, source, fault, null);
        }
        else if (fault is null && (keys >= 0 || _last is not null))
        {
            Read(log, source, keys, null);
        }

        _last = fault;
    }
}
