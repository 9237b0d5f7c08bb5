namespace GatewayMesh.Export;

/// <summary>
/// Ends parts that may wait for a collector, each on a thread of its own. What has not ended in time is left behind: its thread ends with
/// the process.
/// </summary>
internal static class BoundedShutdown
{
    /// <summary>Ends the parts at the same time. True if all ended in time.</summary>
    /// <param name="most">Time limit for all together.</param>
    /// <param name="parts">What ends each part; an exception only ends that part.</param>
    public static bool Run(TimeSpan most, IReadOnlyList<Action> parts) => Task.WaitAll([.. parts.Select(Start)], most);

    private static Task Start(Action part)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(
            () =>
            {
                try
                {
                    part();
                }
                catch (Exception)
                {
                    // An exception that left this thread would end the process before its other parts have ended.
                }

                ended.SetResult();
            },
            256 * 1024) { IsBackground = true, Name = "export-end" }.Start();
        return ended.Task;
    }
}
