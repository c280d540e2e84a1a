const type = 'application/x-vantage-camera';

/** A camera on its way to a tile. A type of our own, so that a dragged file or link is not taken for one. */
export const draggedCamera = {
  write(transfer: DataTransfer, cameraId: string): void {
    transfer.setData(type, cameraId);
    transfer.effectAllowed = 'move';
  },
  isIn: (transfer: DataTransfer): boolean => transfer.types.includes(type),
  read: (transfer: DataTransfer): string | undefined => transfer.getData(type) || undefined,
};
