using GatewayMesh.Client.Routes;
using GatewayMesh.Client.Settings;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Client.Telemetry;

/// <summary>What the handler writes, category <c>GatewayMesh.Client</c>.</summary>
internal sealed partial class ClientLog(ILogger logger)
{
    public void FailedOver(Target from, Target to, FailoverReason reason, int attempt)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            FailedOver(logger, Words.Of(from.Tier), from.Address, Words.Of(to.Tier), to.Address, Words.Of(reason), attempt);
        }
    }

    public void Refused(ReplayRefusal refusal, FailoverReason? reason, int attempts)
    {
        if (logger.IsEnabled(LogLevel.Warning))
        {
            Refused(logger, reason is { } failed ? Words.Of(failed) : "not_sent", Words.Of(refusal), attempts);
        }
    }

    public void BreakerOpened(TargetAddress address, FailoverReason reason)
    {
        if (logger.IsEnabled(LogLevel.Warning))
        {
            BreakerOpened(logger, address, Words.Of(reason));
        }
    }

    public void BreakerClosed(TargetAddress address) => BreakerClosed(logger, address);

    public void NoGateways() => NoGateways(logger);

    [LoggerMessage(1, LogLevel.Information, "Failover from {From} {FromAddress} to {To} {ToAddress} because of {Reason}; {Attempts} attempts begun.", SkipEnabledCheck = true)]
    private static partial void FailedOver(ILogger logger, string from, TargetAddress fromAddress, string to, TargetAddress toAddress, string reason, int attempts);

    [LoggerMessage(2, LogLevel.Warning, "A request failed ({Reason}) and is not sent again: {Refusal}, after {Attempts} attempts.", SkipEnabledCheck = true)]
    private static partial void Refused(ILogger logger, string reason, string refusal, int attempts);

    [LoggerMessage(3, LogLevel.Warning, "The sidecar {Address} is not used for now: {Reason}. Requests go straight to the gateways.", SkipEnabledCheck = true)]
    private static partial void BreakerOpened(ILogger logger, TargetAddress address, string reason);

    [LoggerMessage(4, LogLevel.Information, "The sidecar {Address} is used again.")]
    private static partial void BreakerClosed(ILogger logger, TargetAddress address);

    [LoggerMessage(5, LogLevel.Warning, "No service name is set, so no gateway stands in when the sidecar is gone: set GatewayMeshOptions.Service or GATEWAYMESH_SERVICE.")]
    private static partial void NoGateways(ILogger logger);
}
