import multiprocessing
import time


def work(seconds):
    time.sleep(seconds)


if __name__ == "__main__":
    with multiprocessing.Pool(3) as pool:
        print("workers", *(child.pid for child in multiprocessing.active_children()))
        pool.map(work, [3600] * 3)
