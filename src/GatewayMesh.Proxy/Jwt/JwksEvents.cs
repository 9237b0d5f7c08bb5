using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>
/// Counts readings of a key set, and logs the first failure, the end of failures, and the fate of the set that is kept on disk.
/// </summary>
internal sealed class JwksEvents(MeshMetrics metrics, ILogger log)
{
    private static readonly Action<ILogger, string, string, Exception?> Failed = LoggerMessage.Define<string, string>(
        LogLevel.Warning,
        new EventId(30, "jwks_failed"),
        "The keys of {Source} could not be read: {Because}. The keys read before stay in use.");

    private static readonly Action<ILogger, string, int, Exception?> Read = LoggerMessage.Define<string, int>(
        LogLevel.Information, new EventId(31, "jwks_read"), "{Keys} keys were read from {Source}.");

    private static readonly Action<ILogger, string, int, Exception?> Restored = LoggerMessage.Define<string, int>(
        LogLevel.Information,
        new EventId(32, "jwks_restored"),
        "{Keys} keys of {Source}, fetched before the start, are in use until it answers.");

    private static readonly Action<ILogger, string, string, Exception?> Ignored = LoggerMessage.Define<string, string>(
        LogLevel.Warning, new EventId(33, "jwks_file_ignored"), "The kept keys of {Source} are not used: {Because}.");

    private static readonly Action<ILogger, string, string, Exception?> Unkept = LoggerMessage.Define<string, string>(
        LogLevel.Warning,
        new EventId(34, "jwks_not_kept"),
        "The keys of {Source} could not be kept on disk: {Because}. A restart needs the source.");

    private string? _last;

    /// <summary>Records a reading.</summary>
    /// <param name="model">The source.</param>
    /// <param name="fault">Reason of a failure; null for success.</param>
    /// <param name="keys">Number of usable keys, if they have changed; otherwise −1.</param>
    public void Record(JwksModel model, string? fault, int keys)
    {
        var source = SourceOf(model);
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

    /// <summary>Records that kept keys are in use.</summary>
    public void Restore(JwksModel model, int keys) => Restored(log, SourceOf(model), keys, null);

    /// <summary>Records that kept keys were unusable.</summary>
    public void Ignore(JwksModel model, string because) => Ignored(log, SourceOf(model), because, null);

    /// <summary>Records that keys could not be kept.</summary>
    public void FailToKeep(JwksModel model, string because) => Unkept(log, SourceOf(model), because, null);

    private static string SourceOf(JwksModel model) =>
        model.Url.Length > 0 ? model.Url : model.File.Length > 0 ? model.File : "the policy";
}
