namespace GatewayMesh.Commands.Drill.Load;

/// <summary>What became of one request, as a plain client saw it.</summary>
internal enum LoadOutcome : byte
{
    /// <summary>Answered with a status below 400.</summary>
    Ok,

    /// <summary>The connection could not be opened: nothing was sent.</summary>
    Refused,

    /// <summary>Sent, and the connection ended without an answer.</summary>
    Lost,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>Answered with a status of 500 or more.</summary>
    ServerError,

    /// <summary>Answered with a status from 400 to 499.</summary>
    ClientError,
}
